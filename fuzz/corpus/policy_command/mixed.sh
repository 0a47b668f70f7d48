cat a | grep 'b c' && ls > /dev/null 2>&1; if test -f x; then rm "$y"; fi
A=b env -i sh -c 'x' # end