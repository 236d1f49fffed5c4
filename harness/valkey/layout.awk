# SPDX-License-Identifier: BSD-3-Clause
# layout.awk -- a struct in C, out of clang's record layout of `struct probe_NAME {TYPE it;}`.
#
# Variables: name, file and type are those of the row in probe.txt. `hidden` lists members, each
# between blanks, whose types only Valkey's file knows, `ours` the private types that have a row, as
# "TYPE=NAME" between blanks. A line of a layout is "OFFSET | TYPE MEMBER", with "BYTE:FIRST-LAST"
# as the OFFSET of a bit-field; two blanks more after the bar are one level deeper. The members of
# the struct asked about are at the third level. Prints nothing when the struct is not there.
#
# A member without a type that others know has no HAVE_...: it is bytes_of_MEMBER, of its size. A
# pointer stays a pointer: to the struct of a row, or void *.
#
# Limits: see probe.

BEGIN { members = 0 }

$0 ~ "\\| struct probe_" name "$" { inside = 1; next }
inside && /\| \[sizeof=/ {
    size = $0
    sub(/.*sizeof=/, "", size)
    sub(/,.*/, "", size)
    alignment = $0
    sub(/.*align=/, "", alignment)
    sub(/[^0-9].*/, "", alignment)
    inside = 0
    complete = 1
}
inside && /\|     [^ ]/ {
    place = $0
    sub(/ *\|.*/, "", place)
    gsub(/ /, "", place)
    text = $0
    sub(/^[^|]*\| */, "", text)
    add(place, text)
}

# add PLACE TEXT: a member at PLACE, "unsigned long count" or "void *[2] ends".
function add(place, text,    word, bits, range) {
    word = text
    sub(/.* /, "", word)
    sub(/ *[^ ]*$/, "", text)
    members++
    split(place, bits, ":")
    offset[members] = bits[1] + 0
    width[members] = 0
    if (place ~ /:/) {
        split(bits[2], range, "-")
        width[members] = range[2] - range[1] + 1
    }
    member[members] = word
    kind[members] = text
    is_bytes[members] = 0
    if (text ~ /\((unnamed|anonymous)|::/ || word ~ /\)$/) {
        is_bytes[members] = 1
        member[members] = members
    } else if (index(hidden, " " word " ") && text !~ /\*/) {
        is_bytes[members] = 1
    }
}

# align_at OFFSET: the largest alignment that a member there can have.
function align_at(at,    most) {
    most = alignment
    while (at % most) most /= 2
    return most
}

# bytes I: the member as bytes, up to the next one.
function bytes(i,    next_offset) {
    next_offset = i < members ? offset[i + 1] : size
    return "    _Alignas(" align_at(offset[i]) ") unsigned char bytes_of_" member[i] \
           "[" (next_offset - offset[i]) "];"
}

# known TYPE: a type of pointers that others know: that of a row, or void.
function known(type,    word, at, rest) {
    word = type
    sub(/ *\*.*/, "", word)
    sub(/^(const |struct |union |enum )*/, "", word)
    at = index(ours, " " word "=")
    rest = at ? substr(ours, at + length(word) + 2) : "void"
    sub(/ .*/, "", rest)
    sub(/^[^*]*/, "", type)
    return rest " " type
}

# declare I: the member in C.
function declare(i,    base, suffix) {
    base = kind[i]
    if (is_bytes[i] && width[i]) return "    unsigned bytes_of_" member[i] " : " width[i] ";"
    if (is_bytes[i]) return bytes(i)
    if (width[i]) return "    " base " " member[i] " : " width[i] ";"
    if (base ~ /\(\*/) return "    void *" member[i] ";"
    if (match(base, /(\[[0-9]*\])+$/)) {
        suffix = substr(base, RSTART)
        base = substr(base, 1, RSTART - 1)
    }
    if (index(hidden, " " member[i] " ")) base = known(base)
    return "    " base (base ~ /\*$/ ? "" : " ") member[i] suffix ";"
}

END {
    if (!complete || !members) exit
    printf "/* %s of %s */\n#define HAVE_%s 1\nstruct %s {\n", type, file, name, name
    for (i = 1; i <= members; i++) print declare(i)
    print "};"
    printf "_Static_assert(sizeof(struct %s) == %d, \"size\");\n", name, size
    for (i = 1; i <= members; i++) {
        if (is_bytes[i]) continue
        if (!width[i])
            printf "_Static_assert(__builtin_offsetof(struct %s, %s) == %d, \"place\");\n", name, member[i], offset[i]
        printf "#define HAVE_%s_%s 1\n", name, member[i]
    }
    print ""
}
