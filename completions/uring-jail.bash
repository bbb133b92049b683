# Completion of uring-jail(1) for bash. Install it as
# /usr/share/bash-completion/completions/uring-jail, or source it.
# shellcheck shell=bash

_uring_jail() {
  local program=${1/#\~/$HOME} current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local index command=run has_policy=no register='' option=''
  COMPREPLY=()

  case ${COMP_WORDS[1]-} in
    run | check | test | explain | compile | prove | diff | operations | policies | probe | learn | trace | help) ((COMP_CWORD == 1)) || command=${COMP_WORDS[1]} ;;
  esac
  for ((index = 1; index < COMP_CWORD; index++)); do
    case ${COMP_WORDS[index]} in
      --)
        if [[ $command == @(run|learn|trace) ]]; then _uring_jail_target "$((index + 1))"; else _uring_jail_operands; fi
        return
        ;;
      --policy) has_policy=yes ;;
      --register) register=--register ;;
    esac
  done

  # --OPTION=VALUE arrives as three words where COMP_WORDBREAKS has the equals sign, which is bash's default.
  if [[ $current == = ]]; then
    current='' option=$previous
  elif [[ $previous == = && $COMP_CWORD -ge 2 ]]; then
    option=${COMP_WORDS[COMP_CWORD - 2]}
  else
    option=$previous
  fi
  case $command:$option in
    run:--policy | probe:--policy | trace:--policy) _uring_jail_policies ;;
    learn:--base) _uring_jail_files "$current" toml ;;
    learn:--pid | trace:--pid) _uring_jail_words "$(cd /proc && printf '%s ' [0-9]*)" ;;
    run:--keep-fd | run:--status-fd) _uring_jail_descriptors ;;
    check:--format) _uring_jail_words text json github sarif ;;
    check:--explain) _uring_jail_words all "$("$program" check --explain all 2>/dev/null | cut -d ' ' -f 1)" ;;
    test:--format) _uring_jail_words tap json ;;
    explain:--request) _uring_jail_requests ;;
    compile:--format) _uring_jail_words summary asm c json raw dot jail ;;
    diff:--format) _uring_jail_words text json github ;;
    compile:--operation | diff:--operation) _uring_jail_words "$("$program" operations 2>/dev/null | awk '/^[0-9]/ { print $2 }')" ;;
    compile:--output | compile:-o | learn:--output | learn:-o)
      compopt -o filenames
      mapfile -t COMPREPLY < <(compgen -f -- "$current")
      ;;
    compile:--kernel | prove:--kernel) _uring_jail_words 7.0 7.1 7.2 7.3 ;;
    *)
      if [[ $current == -* ]]; then
        _uring_jail_options
      else
        _uring_jail_operands
      fi
      ;;
  esac
}

_uring_jail_options() {
  local words='--help --version'
  [[ $current != -? ]] || words+=' -h'
  case $command in
    run)
      words+=' --policy --accept-untrusted-policy --keep-fd --status-fd --dry-run --json --verbose'
      [[ $has_policy == no ]] || words+=' --'
      ;;
    check) words+=' --format --json --exposure --warnings-as-errors --accept-untrusted-policy --explain' ;;
    test) words+=' --format --json' ;;
    explain) words+=' --request --json' ;;
    compile) words+=' --format --json --kernel --operation --filters-only --output' ;;
    prove) words+=' --kernel --json' ;;
    diff) words+=' --operation --format --json' ;;
    operations) words+=' --register --json' ;;
    policies) words+=' --json' ;;
    probe) words+=' --json --policy --accept-untrusted-policy' ;;
    learn) words+=' --output --merge --base --generalise --pid' ;;
    trace) words+=' --policy --pid --all --allowed --summary --suggest --json --accept-untrusted-policy' ;;
  esac
  _uring_jail_words "$words"
}

# What stands where no option does.
_uring_jail_operands() {
  case $command in
    run)
      if ((COMP_CWORD == 1)); then
        _uring_jail_words run check test explain compile prove diff operations policies probe learn trace help --policy
      elif [[ $has_policy == yes ]]; then
        _uring_jail_words --
      else
        _uring_jail_words --policy
      fi
      ;;
    check | test | prove) _uring_jail_files "$current" toml ;;
    explain)
      # A bare word behind a policy begins a request.
      if [[ -n $current && $current != *[./]* && $previous == *.toml ]]; then
        _uring_jail_requests
      else
        _uring_jail_files "$current" toml
      fi
      ;;
    compile | diff) _uring_jail_files "$current" ;;
    operations) _uring_jail_names ;;
    probe) _uring_jail_words --policy --accept-untrusted-policy --json ;;
    learn | trace) _uring_jail_words -- ;;
    help) ((COMP_CWORD > 2)) || _uring_jail_words run check test explain compile prove diff operations policies probe learn trace ;;
  esac
}

# Where a request begins.
_uring_jail_requests() {
  _uring_jail_words register "$("$program" operations 2>/dev/null | awk '/^[0-9]/ { print $2 }')"
}

_uring_jail_words() {
  mapfile -t COMPREPLY < <(compgen -W "$*" -- "$current")
}

# Descriptors above 2 that the shell has open.
_uring_jail_descriptors() {
  local number numbers=()
  for number in "/proc/$$/fd/"*; do
    number=${number##*/}
    ((number <= 2)) || numbers+=("$number")
  done
  _uring_jail_words "${numbers[*]}"
}

# Folders, and files that begin with a text and have a suffix of policies (.toml, or .jail as well); every file where
# there is none, for a policy may have any name.
_uring_jail_files() {
  compopt -o filenames
  mapfile -t COMPREPLY < <(
    compgen -d -- "$1"
    compgen -f -X '!*.toml' -- "$1"
    [[ ${2-} == toml ]] || compgen -f -X '!*.jail' -- "$1"
  )
  [[ ${#COMPREPLY[@]} -gt 0 ]] || mapfile -t COMPREPLY < <(compgen -f -- "$1")
}

# Policies for run: a name means one in a folder of policies, and what is in the current directory needs a slash.
_uring_jail_policies() {
  if [[ $current == */* || $current == \~* ]]; then
    _uring_jail_files "$current"
    return
  fi
  compopt -o filenames
  local folder file names=()
  for folder in /etc/uring-jail "$(_uring_jail_prefix)/share/uring-jail/policies"; do
    for file in "$folder"/*.toml "$folder"/*.jail; do
      [[ -e $file ]] || continue
      file=${file##*/}
      names+=("${file%.toml}")
    done
  done
  mapfile -t COMPREPLY < <(
    compgen -W "${names[*]}" -- "$current"
    compgen -d -- "$current"
    compgen -f -X '!*.toml' -P ./ -- "${current#.}"
    compgen -f -X '!*.jail' -P ./ -- "${current#.}"
  )
}

# What the program is installed under: /usr/local for /usr/local/bin/uring-jail.
_uring_jail_prefix() {
  local path
  path=$(type -P -- "$program") && path=$(readlink -f -- "$path") && [[ $path == */bin/* ]] && printf '%s' "${path%/bin/*}"
}

# Operations and groups. The sign of groups is a word of its own where COMP_WORDBREAKS has it, which is bash's default;
# what is replaced begins with it all the same.
_uring_jail_names() {
  [[ $previous != @ || $COMP_WORDBREAKS != *@* ]] || current=@$current
  _uring_jail_words "$("$program" operations ${register:+"$register"} 2>/dev/null |
    awk '/^[0-9]/ { print $2 } /^@/ { print $1 }')"
}

# The command to start, whose name is at the given index, and its arguments.
_uring_jail_target() {
  local current=${COMP_WORDS[COMP_CWORD]}
  if declare -F _command_offset >/dev/null; then
    # bash-completion knows the arguments of many commands.
    _command_offset "$1"
    return
  fi
  compopt -o filenames
  if ((COMP_CWORD == $1)); then
    mapfile -t COMPREPLY < <({ compgen -c -- "$current" && compgen -d -- "$current"; } | sort -u)
  else
    mapfile -t COMPREPLY < <(compgen -f -- "$current")
  fi
}

complete -F _uring_jail uring-jail
