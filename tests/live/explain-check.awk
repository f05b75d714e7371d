# Holds lines "SOURCE PROTO PORT ACTION CAUSE" against the table of what is expected (explain.tsv, the first file): each
# line has its row, each row its lines, each cause is the row's ("-": nothing was said yet). Prints what is not so.

# Eight groups of four digits, whatever was written; IPv4 stays as it is.
function full(a,  half, left, right, n, m, i, s) {
    if (a !~ /:/)
        return a
    n = split(a, half, "::")
    m = split(half[1], left, ":")
    for (i = 1; i <= m; i++)
        s = s substr("0000" left[i], length(left[i]) + 1) ":"
    if (n < 2)
        return s
    n = split(half[2], right, ":")
    for (i = m + n; i < 8; i++)
        s = s "0000:"
    for (i = 1; i <= n; i++)
        s = s substr("0000" right[i], length(right[i]) + 1) ":"
    return s
}

function number(a,  part) {
    split(a, part, ".")
    return ((part[1] * 256 + part[2]) * 256 + part[3]) * 256 + part[4]
}

# A network of IPv6 must end between two groups.
function inside(a, net,  part, size) {
    split(net, part, "/")
    if ((a ~ /:/) != (net ~ /:/))
        return 0
    if (part[2] == "")
        return full(a) == full(part[1])
    if (a ~ /:/) {
        size = part[2] / 16 * 5
        return substr(full(a), 1, size) == substr(full(part[1]), 1, size)
    }
    size = 2 ^ (32 - part[2])
    return int(number(a) / size) == int(number(part[1]) / size)
}

function listed(what, list,  part, ends, n, i) {
    n = split(list, part, ",")
    for (i = 1; i <= n; i++) {
        if (part[i] == "*" || part[i] == what)
            return 1
        if (split(part[i], ends, "-") == 2 && ends[1] != "" && what + 0 >= ends[1] + 0 && what + 0 <= ends[2] + 0)
            return 1
    }
    return 0
}

function complain(what) {
    if (!said[what]++ && ++complaints <= 30)
        print what
}

FNR == NR {
    if (!/^#/ && NF)
        row[++rows] = $0
    next
}

{
    key = $1 " " $2 " " $3 " " $4
    if (!(key in found)) {
        found[key] = 0
        for (i = 1; i <= rows && !found[key]; i++) {
            split(row[i], want, "\t")
            if (listed($2, want[2]) && listed($3, want[3]) && $4 == want[4] && inside($1, want[1]))
                found[key] = i
        }
    }
    i = found[key]
    if (!i) {
        complain("nobody knocked so: " key)
        next
    }
    n[i]++
    split(row[i], want, "\t")
    if ($5 != "-" && !index("|" want[6] "|", "|" $5 "|"))
        complain(key ": " $5 ", not " want[6])
}

END {
    for (i = 1; i <= rows; i++) {
        split(row[i], want, "\t")
        if (want[5] ~ /[+]$/ ? n[i] < want[5] + 0 : n[i] != want[5])
            complain(n[i] + 0 " lines, not " want[5] ": " want[1] " " want[2] " " want[3] " " want[4])
    }
}
