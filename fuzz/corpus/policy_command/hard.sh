f() { rm x; }; f; find . -exec rm {} +; echo $(ls) `ls` ${x:-y} <(ls) >| z <<E
E
