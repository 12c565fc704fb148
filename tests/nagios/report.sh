# What a report says: the first line of file $1 is the exit code (0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN), the second what
# is printed.
{ read -r code && IFS= read -r text; } < "$1" || { echo "no report $1"; exit 3; }
printf '%s\n' "$text"
exit "$code"
