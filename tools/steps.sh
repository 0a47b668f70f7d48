# shellcheck shell=bash
# Sourced by ./quickstart and ./check: numbered steps with times and progress, logs, a lock, and a clean end.
#
# The caller sets `program` (its name, for logs and messages) and runs from the repository root.
# Everything that a step starts is supervised, so that it ends with the script, however the script ends.

: "${program:?set by the script that sources this}"
logs="build/logs"
active=()            # process ids of the supervisors that run now
step_number=0
step_count=0

# Each argument is a line.
say() { printf '%s\n' "$@"; }

# "34 s", "2 m 05 s" from seconds.
human_time() {
    if (($1 < 60)); then printf '%d s' "$1"; else printf '%d m %02d s' $(($1 / 60)) $(($1 % 60)); fi
}

# Compiled objects are kept in build/ too, so that a build that was thrown away costs little.
export CCACHE_DIR="${CCACHE_DIR:-$PWD/build/ccache}"
export NINJA_STATUS="[%f/%t] "
# Messages and number formats that we read have to be the same everywhere.
export LC_ALL=C.UTF-8

# The system's own Python where there is one: others on PATH may be wrappers that take longer to start than they run.
python=python3
[[ ! -x /usr/bin/python3 ]] || python=/usr/bin/python3

# --- one at a time ---------------------------------------------------------------------------------------------

process_start_time() { # field 22 of stat; the name before it may hold spaces
    local stat
    stat=$(cat "/proc/$1/stat" 2>/dev/null) || return 1
    read -ra stat <<<"${stat##*) }"
    printf '%s' "${stat[19]}"
}

# Processes that hold the lock file open: children of a run that was killed.
lock_holders() {
    find /proc/[0-9]*/fd -maxdepth 1 -lname "$1" 2>/dev/null | sed -n 's|^/proc/\([0-9]*\)/.*|\1|p' | sort -u |
        grep -vx "$$" || true
}

# Descriptor 9 holds the lock and is inherited by what we start, so that leftovers of a killed run are found here.
take_lock() {
    local file holder="" started="" pid
    mkdir -p build
    file="$(pwd -P)/build/lock"
    exec 9<>"$file"
    if ! flock -n 9; then
        read -r holder started <"$file" || true
        if [[ -n $holder && $(process_start_time "$holder") == "$started" ]]; then
            say "Another ./quickstart or ./check is at work in this folder (process $holder). Wait for it, or stop it with: kill $holder" >&2
            exit 4
        fi
        say "Ending what an interrupted run left behind."
        for pid in $(lock_holders "$file"); do kill -TERM "$pid" 2>/dev/null || true; done
        if ! flock -w 5 9; then
            for pid in $(lock_holders "$file"); do kill -KILL "$pid" 2>/dev/null || true; done
            flock -w 10 9 || { say "Processes of an interrupted run still hold $file; stop them and start again." >&2; exit 4; }
        fi
    fi
    printf '%s %s\n' $$ "$(process_start_time $$)" >"$file"
}

# --- ending ----------------------------------------------------------------------------------------------------

end_children() {
    local pid
    for pid in "${active[@]}"; do kill -TERM "$pid" 2>/dev/null || true; done
    for pid in "${active[@]}"; do wait "$pid" 2>/dev/null || true; done
    active=()
}

on_interrupt() {
    trap '' INT TERM HUP
    clear_progress
    say "" "Stopping ..."
    end_children
    say "Stopped. ./$program goes on from here when it is started again."
    exit 130
}

trap on_interrupt INT TERM HUP
trap end_children EXIT

# --- steps -----------------------------------------------------------------------------------------------------

# step "Title" ["estimate"]
step() {
    step_number=$((step_number + 1))
    say "" "[$step_number/$step_count] $1${2:+ ($2)}"
}

# Starts a command in the background with its output in a log: start_logged NAME COMMAND...; sets `started`.
start_logged() {
    local log="$logs/$1.log"
    shift
    mkdir -p "$logs"
    "$python" tools/supervise.py $$ "$@" >"$log" 2>&1 &
    started=$!
    active+=("$started")
}

# The end of a log in a few words: a package manager's or ninja's progress, else its last line.
log_progress() {
    local line
    line=$(tail -c 600 "$1" 2>/dev/null | tr '\r' '\n' | tr -cd '[:print:]\n' | grep -v '^ *$' | tail -n 1 || true)
    if [[ $line =~ ^(dlstatus|pmstatus):[^:]*:([0-9]+)[^:]*:(.*)$ ]]; then
        line="${BASH_REMATCH[2]} % ${BASH_REMATCH[3]}"
    fi
    printf '%s' "${line:0:90}"
}

progress_shown=no

clear_progress() {
    [[ $progress_shown == no ]] || printf '\r\033[K'
    progress_shown=no
}

show_progress() { # SECONDS NAME...
    local seconds=$1 text name
    shift
    text="      $(human_time "$seconds")"
    for name in "$@"; do
        text+="  $( (($# == 1)) || printf '%s: ' "$name")$(log_progress "$logs/$name.log")"
    done
    if [[ -t 1 ]]; then
        printf '\r\033[K%s' "${text:0:$(($(tput cols 2>/dev/null || echo 80) - 1))}"
        progress_shown=yes
    elif ((seconds > 0 && seconds % 15 == 0)); then
        say "$text"
    fi
}

forget() {
    local pid left=()
    for pid in "${active[@]}"; do [[ $pid == "$1" ]] || left+=("$pid"); done
    active=("${left[@]}")
}

# Waits for started commands (NAME PID NAME PID ...) and shows how far they are. Returns at the first that fails,
# with its exit status and its name in `failed`.
wait_logged() {
    local begun=$SECONDS last=-1 status name i names=() pids=() running
    failed=""
    while (($# > 0)); do
        names+=("$1")
        pids+=("$2")
        shift 2
    done
    while ((${#names[@]} > 0)); do
        running=()
        for i in "${!names[@]}"; do
            if kill -0 "${pids[i]}" 2>/dev/null; then
                running+=("${names[i]}")
                continue
            fi
            status=0
            wait "${pids[i]}" || status=$?
            forget "${pids[i]}"
            name=${names[i]}
            unset "names[i]" "pids[i]"
            if ((status != 0)); then
                clear_progress
                # shellcheck disable=SC2034 # read by the caller
                failed=$name
                return $status
            fi
        done
        ((${#running[@]} > 0)) || break
        if ((SECONDS != last)); then
            last=$SECONDS
            show_progress $((SECONDS - begun)) "${running[@]}"
        fi
        sleep 0.2
    done
    clear_progress
}

# run_logged NAME COMMAND...: start and wait.
run_logged() {
    local name=$1
    shift
    start_logged "$name" "$@"
    wait_logged "$name" "$started"
}

# The build folder of a preset: check is release with tests and benchmarks, in the same folder.
folder_of() { if [[ $1 == check ]]; then echo build/release; else echo "build/$1"; fi; }

# Configures a preset if needed and builds targets of it: build_preset LOG_NAME PRESET TARGET...
build_preset() {
    local name=$1 preset=$2 folder home="" stamp
    folder=$(folder_of "$preset")
    stamp="$folder/configured-$preset"
    shift 2
    # A folder that was copied or moved here belongs to the place it came from.
    [[ ! -f $folder/CMakeCache.txt ]] || home=$(sed -n 's/^CMAKE_HOME_DIRECTORY:INTERNAL=//p' "$folder/CMakeCache.txt")
    [[ -z $home || $home == "$PWD" ]] || rm -rf -- "$folder"
    if [[ ! -f $folder/build.ninja || ! -f $stamp || CMakePresets.json -nt $stamp ]]; then
        if ! run_logged "$name" cmake --preset "$preset" --log-level=NOTICE; then
            # What an interrupted first try left can confuse the second.
            rm -rf -- "$folder"
            run_logged "$name" cmake --preset "$preset" || return
        fi
        touch "$stamp"
    fi
    run_logged "$name" ninja -C "$folder" "$@"
}

# Installs what is missing of a group of packages. The package manager is not supervised: it is never stopped in the
# middle, and does not hold our lock.
install_packages() { # GROUP
    local group=$1 missing status=0
    mapfile -t missing < <(tools/packages "$group" --missing)
    if ((${#missing[@]} == 0)) && command -v apt-get >/dev/null; then
        say "      nothing is missing"
        return
    fi
    ((${#missing[@]} == 0)) || say "      ${#missing[@]} to install: ${missing[*]}"
    if [[ $(id -u) != 0 && -t 0 ]] && command -v sudo >/dev/null && ((${#missing[@]} > 0)); then
        sudo -v || true # asks for the password here, where a person sees it
    fi
    mkdir -p "$logs"
    tools/packages "$group" >"$logs/packages-$group.log" 2>&1 </dev/null 9>&- &
    wait_logged "packages-$group" $! || status=$?
    if ((status == 3)); then
        cat "$logs/packages-$group.log" >&2
        exit 3
    fi
    ((status == 0)) || give_up "packages-$group" "The system packages could not be installed."
}

# What went wrong, for a person, and the end of the script: give_up NAME "sentence" ["what to do"]...
give_up() {
    local log="$logs/$1.log" line
    shift
    {
        say "" "$1" "" "The end of its log:"
        tail -n 25 "$log" | tr '\r' '\n' | tr -cd '[:print:]\n' | tail -n 25 | sed 's/^/    /'
        say "" "The whole log: $PWD/$log"
        shift
        for line in "$@"; do say "$line"; done
    } >&2
    exit 1
}
