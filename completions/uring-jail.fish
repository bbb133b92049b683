# Completion of uring-jail(1) for fish. Install it as
# /usr/share/fish/vendor_completions.d/uring-jail.fish.

# Everything behind the first -- is a command line of its own.
function __uring_jail_has_target
    contains -- -- (commandline -opc)
end

# True behind the option and its value.
function __uring_jail_has_policy
    set -l words (commandline -opc)
    contains -- --policy $words[1..-2]; or string match -q -- '--policy=*' $words
end

# Folders and TOML files; every file where there is none, for a policy may have any name.
function __uring_jail_policies
    set -l path (string replace -r -- '^--policy=' '' (commandline -ct))
    set -l files (complete -C "__fish_command_without_completions $path")
    string match -r -- '.*(?:\\.toml|/)$' $files; or string join \n -- $files
end

# What fish offers for that command line.
function __uring_jail_target
    set -l words (commandline -opc)
    set -l separator (contains --index -- -- $words)
    set -l command (string escape -- $words[(math $separator + 1)..-1])
    complete -C (string join ' ' -- $command (commandline -ct))
end

function __uring_jail_is_first
    test (count (commandline -opc)) -eq 1
end

function __uring_jail_is_help
    set -l words (commandline -opc)
    test (count $words) -eq 2; and test $words[2] = help
end

complete -c uring-jail -f
complete -c uring-jail -n 'not __uring_jail_has_target' -s h -l help -d 'Show help'
complete -c uring-jail -n 'not __uring_jail_has_target' -l version -d 'Show the version'
complete -c uring-jail -n 'not __uring_jail_has_target; and not __uring_jail_has_policy' \
    -l policy -x -a '(__uring_jail_policies)' -d 'The policy, a TOML file'
complete -c uring-jail -n __uring_jail_is_first -a run -d 'Start a program in a jail'
complete -c uring-jail -n __uring_jail_is_first -a help -d 'Show help'
complete -c uring-jail -n __uring_jail_is_help -a run -d 'Start a program in a jail'
complete -c uring-jail -n '__uring_jail_has_policy; and not __uring_jail_has_target' -a -- -d 'The command follows'
complete -c uring-jail -n __uring_jail_has_target -a '(__uring_jail_target)'
