# Completion of uring-jail(1) for fish. Install it as
# /usr/share/fish/vendor_completions.d/uring-jail.fish.

# The command of the command line, run if it names none. True if it is one of the arguments.
function __uring_jail_command
    set -l words (commandline -opc)
    set -l command run
    contains -- "$words[2]" check test explain compile prove diff operations policies probe learn trace help; and set command $words[2]
    contains -- $command $argv
end

function __uring_jail_is_first
    test (count (commandline -opc)) -eq 1
end

# In a jail, everything behind the first -- is a command line of its own.
function __uring_jail_has_target
    __uring_jail_command run learn trace; and contains -- -- (commandline -opc)
end

# True where an option of one of the given commands can stand.
function __uring_jail_takes
    __uring_jail_command $argv; and not contains -- -- (commandline -opc)
end

# True behind the option and its value.
function __uring_jail_has_policy
    set -l words (commandline -opc)
    contains -- --policy $words[1..-2]; or string match -q -- '--policy=*' $words
end

# Folders and files with one of the given suffixes; every file where there is none, for a policy may have any name.
function __uring_jail_files
    set -l path (string replace -r -- '^--[a-z]+=' '' (commandline -ct))
    set -l files (complete -C "__fish_command_without_completions $path")
    set -l suffixes (string join '|' -- $argv)
    string match -r -- ".*(?:\\.(?:$suffixes)|/)\$" $files; or string join \n -- $files
end

# Policies for run: a name means one in a folder of policies, and what is in the current directory needs a slash. fish
# offers what begins with a dot once the dot is typed.
function __uring_jail_policies
    set -l path (string replace -r -- '^--[a-z]+=' '' (commandline -ct))
    if string match -qr -- '^~|/' $path
        __uring_jail_files toml jail
        return
    end
    # What the program is installed under: /usr/local for /usr/local/bin/uring-jail.
    set -l prefix (string replace -r -- '/bin/[^/]*$' '' (path resolve -- (type -fp -- (__uring_jail_program))))
    for folder in /etc/uring-jail $prefix/share/uring-jail/policies
        for file in $folder/*.toml $folder/*.jail
            printf '%s\tInstalled policy\n' (string replace -r -- '.*/(.*?)(\\.toml)?$' '$1' $file)
        end
    end
    for file in *.toml *.jail
        printf '%s\tPolicy here\n' ./$file
    end
    for folder in */
        printf '%s\tDirectory\n' $folder
    end
end

function __uring_jail_program
    set -l words (commandline -opc)
    string replace -r -- '^~' $HOME $words[1]
end

function __uring_jail_ids
    printf 'all\tEvery ID\n'
    eval (string escape -- (__uring_jail_program)) check --explain all 2>/dev/null |
        string replace -r -- '^(\\S+)\\s+(\\S+)\\s+(.*)' '$1\t$2: $3'
end

function __uring_jail_operations
    eval (string escape -- (__uring_jail_program)) operations 2>/dev/null |
        string replace -fr -- '^[0-9]+\\s+(\\S+)\\s+(\\S+)\\s+.*' '$1\tsince $2'
end

# Where a request begins.
function __uring_jail_requests
    printf 'register\tio_uring_register(2)\n'
    __uring_jail_operations
end

# True in a bare word behind a policy.
function __uring_jail_is_request
    set -l words (commandline -opc)
    string match -q -- '*.toml' $words[-1]; and string match -qr -- '^[^-./][^./]*$' (commandline -ct)
end

# Operations or, with --register, register opcodes, and groups.
function __uring_jail_names
    set -l register (string match -- --register (commandline -opc))
    eval (string escape -- (__uring_jail_program)) operations $register 2>/dev/null |
        string match -r -- '^[0-9@].*' |
        string replace -r -- '^[0-9]+\\s+(\\S+)\\s+(\\S+)\\s+.*' '$1\tsince $2' |
        string replace -r -- '^(@\\S+)\\s+' '$1\t'
end

# What fish offers for that command line.
function __uring_jail_target
    set -l words (commandline -opc)
    set -l separator (contains --index -- -- $words)
    set -l command (string escape -- $words[(math $separator + 1)..-1])
    complete -C (string join ' ' -- $command (commandline -ct))
end

complete -c uring-jail -f
complete -c uring-jail -n 'not __uring_jail_has_target' -s h -l help -d 'Show help'
complete -c uring-jail -n 'not __uring_jail_has_target' -l version -d 'Show the version'

complete -c uring-jail -n __uring_jail_is_first -a run -d 'Start a program in a jail'
complete -c uring-jail -n __uring_jail_is_first -a check -d 'Find mistakes in policies'
complete -c uring-jail -n __uring_jail_is_first -a test -d 'Run the tests in policies'
complete -c uring-jail -n __uring_jail_is_first -a explain -d 'Explain what policies allow, or why not'
complete -c uring-jail -n __uring_jail_is_first -a compile -d 'Show filters, or write them to a file'
complete -c uring-jail -n __uring_jail_is_first -a prove -d 'Prove that filters enforce what policies say'
complete -c uring-jail -n __uring_jail_is_first -a diff -d 'Show what a changed policy allows'
complete -c uring-jail -n __uring_jail_is_first -a operations -d 'List what policies can name'
complete -c uring-jail -n __uring_jail_is_first -a policies -d 'List the policies that have a name'
complete -c uring-jail -n __uring_jail_is_first -a probe -d 'Find out what this kernel can do'
complete -c uring-jail -n __uring_jail_is_first -a learn -d 'Write a policy that allows what a program does'
complete -c uring-jail -n __uring_jail_is_first -a trace -d 'Show every denied request as it happens'
complete -c uring-jail -n __uring_jail_is_first -a help -d 'Show help'
complete -c uring-jail -n '__uring_jail_command help; and test (count (commandline -opc)) -eq 2' \
    -a 'run check test explain compile prove diff operations policies probe learn trace'

complete -c uring-jail -n '__uring_jail_takes run' -l policy -x -a '(__uring_jail_policies)' \
    -d 'The policy; given several times, all must allow'
complete -c uring-jail -n '__uring_jail_takes run' -l accept-untrusted-policy \
    -d 'Use a policy that others could have written'
complete -c uring-jail -n '__uring_jail_takes run' -l keep-fd -x -d 'Keep descriptors above 2'
complete -c uring-jail -n '__uring_jail_takes run' -l status-fd -x -d 'Where to report the launch, as JSON'
complete -c uring-jail -n '__uring_jail_takes run' -l dry-run -d 'Do everything but start the program'
complete -c uring-jail -n '__uring_jail_takes run' -l json -d 'Print what --dry-run prints as JSON'
complete -c uring-jail -n '__uring_jail_takes run' -s v -l verbose -d 'Report every step'
complete -c uring-jail -n '__uring_jail_takes run; and __uring_jail_has_policy' -a -- -d 'The command follows'
complete -c uring-jail -n __uring_jail_has_target -a '(__uring_jail_target)'

complete -c uring-jail -n '__uring_jail_takes check' -l json -d 'The same as --format json'
complete -c uring-jail -n '__uring_jail_takes check' -l format -x -a 'text json github sarif' \
    -d 'How to write findings'
complete -c uring-jail -n '__uring_jail_takes check' -l exposure -d 'List known dangers within reach'
complete -c uring-jail -n '__uring_jail_takes check' -l warnings-as-errors -d 'Let warnings count as errors'
complete -c uring-jail -n '__uring_jail_takes check' -l accept-untrusted-policy \
    -d 'Do not warn of files that others could change'
complete -c uring-jail -n '__uring_jail_takes check' -l explain -x -a '(__uring_jail_ids)' -d 'Explain an ID'

complete -c uring-jail -n '__uring_jail_takes test' -l json -d 'The same as --format json'
complete -c uring-jail -n '__uring_jail_takes test' -l format -x -a 'tap json' -d 'How to write results'
complete -c uring-jail -n '__uring_jail_takes explain' -l json -d 'Write JSON'
complete -c uring-jail -n '__uring_jail_takes explain' -l request -x -a '(__uring_jail_requests)' \
    -d 'The request to explain'
complete -c uring-jail -n '__uring_jail_command explain; and not __uring_jail_is_request' -a '(__uring_jail_files toml)'
complete -c uring-jail -n '__uring_jail_command explain; and __uring_jail_is_request' -a '(__uring_jail_requests)'
complete -c uring-jail -n '__uring_jail_command check test prove' -a '(__uring_jail_files toml)'

complete -c uring-jail -n '__uring_jail_takes compile' -l json -d 'The same as --format json'
complete -c uring-jail -n '__uring_jail_takes compile' -l format -x -d 'What to write' \
    -a 'summary\t"What is registered, and what it costs" asm\t"Assembler, with the lines that decide"
        c\t"Arrays of struct sock_filter" json\t"Everything, for programs" raw\t"The instructions of one filter"
        dot\t"A graph for Graphviz" jail\t"A precompiled policy"'
complete -c uring-jail -n '__uring_jail_takes compile prove' -l kernel -x -a '7.0 7.1 7.2 7.3' \
    -d 'The release to compile for'
complete -c uring-jail -n '__uring_jail_takes compile diff' -l operation -x -a '(__uring_jail_operations)' \
    -d 'Only the filters of this operation'
complete -c uring-jail -n '__uring_jail_takes compile' -l filters-only -d 'Use filters alone, as inside another jail'
complete -c uring-jail -n '__uring_jail_takes compile' -s o -l output -rF -d 'Write to this file'
complete -c uring-jail -n '__uring_jail_command compile diff' -a '(__uring_jail_files toml jail)'

complete -c uring-jail -n '__uring_jail_takes prove' -l json -d 'Write JSON'

complete -c uring-jail -n '__uring_jail_takes diff' -l json -d 'The same as --format json'
complete -c uring-jail -n '__uring_jail_takes diff' -l format -x -a 'text json github' \
    -d 'How to write differences'

complete -c uring-jail -n '__uring_jail_takes operations' -l register -d 'List opcodes of io_uring_register(2)'
complete -c uring-jail -n '__uring_jail_takes operations' -l json -d 'Write JSON'
complete -c uring-jail -n '__uring_jail_command operations' -a '(__uring_jail_names)'
complete -c uring-jail -n '__uring_jail_takes policies' -l json -d 'Write JSON'

complete -c uring-jail -n '__uring_jail_takes probe' -l json -d 'Write JSON'
complete -c uring-jail -n '__uring_jail_takes probe' -l policy -x -a '(__uring_jail_policies)' \
    -d 'Try a launch with this policy, without the command'
complete -c uring-jail -n '__uring_jail_takes probe' -l accept-untrusted-policy \
    -d 'Use a policy that others could have written'

complete -c uring-jail -n '__uring_jail_takes learn' -s o -l output -rF -d 'Write to this file'
complete -c uring-jail -n '__uring_jail_takes learn' -l merge -d 'Keep what the file has from earlier runs'
complete -c uring-jail -n '__uring_jail_takes learn' -l base -x -a '(__uring_jail_files toml)' \
    -d 'Include this policy, and write only what it lacks'
complete -c uring-jail -n '__uring_jail_takes learn' -l generalise -d 'Write networks in place of addresses'
complete -c uring-jail -n '__uring_jail_takes learn trace' -l pid -x -a '(__fish_complete_pids)' \
    -d 'Follow this process'

complete -c uring-jail -n '__uring_jail_takes trace' -l policy -x -a '(__uring_jail_policies)' \
    -d 'The policy whose rules are told'
complete -c uring-jail -n '__uring_jail_takes trace' -l all -d 'Watch every process'
complete -c uring-jail -n '__uring_jail_takes trace' -l allowed -d 'Show allowed requests as well'
complete -c uring-jail -n '__uring_jail_takes trace' -l summary -d 'Print how often each rule denied something'
complete -c uring-jail -n '__uring_jail_takes trace' -l suggest -d 'Print what would allow what was denied'
complete -c uring-jail -n '__uring_jail_takes trace' -l json -d 'Write lines of JSON'
complete -c uring-jail -n '__uring_jail_takes trace' -l accept-untrusted-policy \
    -d 'Use a policy that others could have written'
