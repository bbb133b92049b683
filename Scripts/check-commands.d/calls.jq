# What a shell script calls, from the syntax tree that shfmt prints. One line each, fields separated by tabs:
#
#   call LINE NAME        a command, also one that another runs: xargs NAME, exec NAME, timeout 5 NAME
#   array NAME COMMAND    an array whose first element is a command, and that stands where a command does
#   script LINE BASE64    a script that is an argument: bash -c '...', trap '...'
#   function NAME

def literal:
  if (.Parts | length) != 1 then null
  else .Parts[0]
    | if .Type == "Lit" or .Type == "SglQuoted" then .Value // ""
      elif .Type == "DblQuoted" and (.Parts | length) == 1 and .Parts[0].Type == "Lit" then .Parts[0].Value
      else null end
  end;

# The array of a word "${name[@]}".
def array:
  .Parts | if length == 1 and .[0].Type == "DblQuoted" then .[0].Parts else . end
    | if length == 1 and .[0].Type == "ParamExp" and .[0].Index != null then .[0].Param.Value else null end;

def runners: ["exec", "command", "env", "xargs", "timeout", "nohup", "chroot", "unshare", "setpriv", "flock", "strace", "setsid",
  "nice", "time", "sudo"];

# A command and its arguments, null for what only a run knows.
def calls($line):
  if length == 0 or .[0] == null or (.[0] | test("^(-|$)")) then empty
  else
    .[0] as $name | .[1:] as $rest | ["call", $line, $name],
    if $name == "command" and ($rest[0] == "-v" or $rest[0] == "-V") then empty
    elif runners | index($name) then
      # Its own options and their values, settings of variables, and the first operand of those that have one.
      def after:
        if length == 0 or .[0] == null then .
        elif .[0] | test("^-[a-z]*[knsu]$|^--(signal|kill-after|propagation|chdir|unset|pdeathsig)$") then .[2:] | after
        elif .[0] | test("^-|^[0-9.]+[smhd]?$|^[A-Za-z_]+=|^.$") then .[1:] | after
        else . end;
      ($rest | after | if $name == "chroot" or $name == "flock" then .[1:] | after else . end) | calls($line)
    elif $name == "trap" and $rest[0] != null then ["script", $line, ($rest[0] | @base64)]
    elif ($name == "bash" or $name == "sh") and $rest[0] == "-c" and $rest[1] != null then ["script", $line, ($rest[1] | @base64)]
    elif $name == "find" then range($rest | length) as $i | select($rest[$i] == "-exec" or $rest[$i] == "-execdir") | $rest[$i + 1:] | calls($line)
    else empty end
  end;

[.. | objects] as $nodes
| ([$nodes[] | select(.Type? == "CallExpr" and .Args != null) | .Args[0] | array | values] | unique) as $called
| (
    ($nodes[] | select(.Type? == "CallExpr" and .Args != null) | .Pos.Line as $line | [.Args[] | literal] | calls($line)),
    ($nodes[] | select(.Array? != null and .Name? != null) | .Name.Value as $name
      | select($called | index($name)) | .Pos.Line as $line | [.Array.Elems[]?.Value | literal] | calls($line)),
    ($nodes[] | select(.Type? == "FuncDecl") | ["function", .Name.Value])
  )
| map(tostring) | join("\t")
