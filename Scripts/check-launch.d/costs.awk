# Sums up what callgrind wrote: "fn=(ID) NAME" once and "fn=(ID)" later, then lines of costs; behind "calls=", one of
# what the function called took.
#
# Prints "total LAUNCH instructions NUMBER", and for each function "function LAUNCH OWN WITH-WHAT-IT-CALLS NAME". The
# variable "launch" is what the launch is called.

function id(text) {
  text = substr(text, index(text, "=") + 1)
  match(text, /^\([0-9]+\)/)
  if (length(text) > RLENGTH) name[substr(text, 1, RLENGTH)] = function_name(substr(text, RLENGTH + 2))
  return substr(text, 1, RLENGTH)
}

# Without the depth of recursion. Addresses without a name differ in every build.
function function_name(text) {
  sub(/'[0-9]+$/, "", text)
  return text ~ /^0x/ ? "?" : text
}

/^fn=/ { here = id($0) }
/^cfn=/ { called = id($0) }
/^calls=/ { is_call = 1; next }
/^summary: / { print "total", launch, "instructions", $2 }
/^[-+*0-9]/ && NF == 2 {
  if (!is_call) own[here] += $2
  # What a function calls of itself is in its outermost call.
  if (!is_call || name[called] != name[here]) all[here] += $2
  is_call = 0
}
END {
  for (i in all) {
    own_sum[name[i]] += own[i]
    if (all[i] > all_most[name[i]]) all_most[name[i]] = all[i]
  }
  for (text in all_most) print "function", launch, own_sum[text], all_most[text], text
}
