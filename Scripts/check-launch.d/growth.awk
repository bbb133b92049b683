# Compares what functions take in one launch: of the record, the first file, and of what was counted, the second.
#
# Prints "itself INCLUSIVE GREW NAME" and "caller INCLUSIVE GREW NAME", with INCLUSIVE the instructions of the function
# and of what it calls. The variable "modules" is what the names of our own functions match. What takes little is not in
# the record, and is compared with nothing.

$1 != "function" || $2 != launch { next }
{
  name = $0
  sub(/^[^ ]+ [^ ]+ [^ ]+ [^ ]+ /, "", name)
}
NR == FNR {
  own_before[name] = $3
  all_before[name] = $4
  next
}
{
  all[name] = $4
  if ($3 > own_before[name]) print "itself", $4, $3 - own_before[name], name
  if ($4 - all_before[name] > most) most = $4 - all_before[name]
}
END {
  for (name in all) {
    grew = all[name] - all_before[name]
    if (name ~ modules && grew > 0 && grew * 5 >= most) print "caller", all[name], grew, name
  }
}
