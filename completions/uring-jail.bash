# Completion of uring-jail(1) for bash. Install it as
# /usr/share/bash-completion/completions/uring-jail, or source it.
# shellcheck shell=bash

_uring_jail() {
  local current=${COMP_WORDS[COMP_CWORD]} previous=${COMP_WORDS[COMP_CWORD - 1]}
  local index has_policy=no has_word=no
  COMPREPLY=()

  for ((index = 1; index < COMP_CWORD; index++)); do
    case ${COMP_WORDS[index]} in
      --)
        _uring_jail_target "$((index + 1))"
        return
        ;;
      --policy) has_policy=yes ;;
      run | help) [[ $index -gt 1 ]] || has_word=${COMP_WORDS[index]} ;;
    esac
  done

  # --policy=FILE arrives as three words where COMP_WORDBREAKS has the equals sign, which is bash's default.
  if [[ $current == = && $previous == --policy ]]; then
    current='' previous=--policy
  elif [[ $previous == = && $COMP_CWORD -ge 2 && ${COMP_WORDS[COMP_CWORD - 2]} == --policy ]]; then
    previous=--policy
  fi
  if [[ $previous == --policy ]]; then
    compopt -o filenames
    mapfile -t COMPREPLY < <(compgen -d -- "$current" && compgen -f -X '!*.toml' -- "$current")
    # A policy may have any name.
    [[ ${#COMPREPLY[@]} -gt 0 ]] || mapfile -t COMPREPLY < <(compgen -f -- "$current")
    return
  fi

  local words='--help --version'
  [[ $current != -? ]] || words+=' -h'
  if [[ $has_word == help ]]; then
    words=run
    ((COMP_CWORD == 2)) || words=''
  elif [[ $has_policy == yes ]]; then
    words+=' --'
  else
    words+=' --policy'
    [[ $has_word == run || $COMP_CWORD -gt 1 ]] || words+=' run help'
  fi
  mapfile -t COMPREPLY < <(compgen -W "$words" -- "$current")
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
