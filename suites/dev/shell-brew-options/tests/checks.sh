. ./expect.sh

brew() { bash brew.sh "$@" 2>&1; }
wrong() { # what, reason, arguments
    local what=$1 reason=$2
    shift 2
    same "$what" "$(bash brew.sh "$@" 2>"$box/err"; echo $?) $(cat "$box/err")" "2 brew.sh: $reason"
}

same "the example" "$(brew -n 2 -p 10s 1m:bloom 20s)" "00:00 bloom
01:10
01:40 bloom
02:50
brew: 4 steps, 03:10"
same "one step" "$(brew 90s)" "00:00
brew: 1 steps, 01:30"
same "minutes and seconds" "$(brew 1m75s:a 100m:b 1s:c)" "00:00 a
02:15 b
102:15 c
brew: 3 steps, 102:16"
same "labels" "$(brew '30s:two words: *' 08s:)" "00:00 two words: *
00:30
brew: 2 steps, 00:38"
same "quiet" "$(brew -q 5s:a)" "00:00 a"
same "attached values" "$(brew -n2 -p0s 5s)" "00:00
00:05
brew: 2 steps, 00:10"
same "name" "$(brew --name 'my tea' 5s)" "00:00
my tea: 1 steps, 00:05"
same "name with =" "$(brew --name=a=b --name=c 5s)" "00:00
c: 1 steps, 00:05"
same "end of the options" "$(brew -- 5s:-q)" "00:00 -q
brew: 1 steps, 00:05"
wrong "options after a step" "bad duration -q" 5s -q
wrong "after --" "bad duration -n" -- -n
wrong "unknown option" "unknown option -qn" -qn 5s
wrong "unknown long option" "unknown option --names" --names x 5s
wrong "missing value" "-n needs a value" -q -n
wrong "missing name" "--name needs a value" --name
wrong "count of zero" "bad count 0" -n 0 5s
wrong "count with letters" "bad count 2x" -n2x 5s
wrong "pause" "bad duration 10" -p 10 5s
for text in "" 5 s 1h 1s1m 1.5s -5s 0s 0m0s; do wrong "step '$text'" "bad duration $text" 1s:x "$text:y"; done
wrong "the first one counts" "bad count x" -n x -z
wrong "no steps" "no steps" -q
wrong "no arguments" "no steps"
finish
