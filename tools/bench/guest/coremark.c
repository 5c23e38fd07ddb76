// A mix like that of small embedded benchmarks: linked lists, small matrices,
// a state machine over text, and a CRC over all results. n = rounds.
#include "bench.h"

// ---- CRC-16 (polynomial 0xa001, one bit at a time) ----------------------

static u16 crc8(u8 data, u16 crc)
{
    crc ^= data;
    for (int i = 0; i < 8; i++)
        crc = crc & 1 ? crc >> 1 ^ 0xa001 : crc >> 1;
    return crc;
}

static u16 crc16(u16 data, u16 crc)
{
    return crc8(data >> 8, crc8(data, crc));
}

static u16 crc32bits(u32 data, u16 crc)
{
    return crc16(data >> 16, crc16(data, crc));
}

// ---- Lists --------------------------------------------------------------

enum { NODES = 96 };

struct node {
    struct node *next;
    s16 value;
    u16 place;
};

static struct node nodes[NODES];

typedef s32 (*order)(const struct node *, const struct node *);

static s32 by_value(const struct node *a, const struct node *b)
{
    return a->value - b->value;
}

static s32 by_place(const struct node *a, const struct node *b)
{
    return a->place - b->place;
}

static struct node *make_list(u32 seed)
{
    for (u32 i = 0; i < NODES; i++) {
        nodes[i].next = i + 1 < NODES ? &nodes[i + 1] : 0;
        nodes[i].value = next_random(&seed) & 0x3ff;
        nodes[i].place = i;
    }
    return nodes;
}

static struct node *find(struct node *list, s16 value)
{
    while (list && list->value != value) list = list->next;
    return list;
}

static struct node *reverse(struct node *list)
{
    struct node *done = 0;
    while (list) {
        struct node *rest = list->next;
        list->next = done;
        done = list;
        list = rest;
    }
    return done;
}

static struct node *merge(struct node *a, struct node *b, order before)
{
    struct node *head = 0, **tail = &head;
    while (a && b) {
        struct node **from = before(a, b) <= 0 ? &a : &b;
        *tail = *from;
        tail = &(*from)->next;
        *from = *tail;
    }
    *tail = a ? a : b;
    return head;
}

// A merge sort from the bottom: slot i holds a sorted list of 2^i nodes.
static struct node *sort(struct node *list, order before)
{
    struct node *slots[16] = { 0 };
    u32 used = 0;
    while (list) {
        struct node *one = list;
        list = list->next;
        one->next = 0;
        u32 i = 0;
        for (; i < used && slots[i]; i++) {
            one = merge(slots[i], one, before);
            slots[i] = 0;
        }
        if (i == used) used++;
        slots[i] = one;
    }
    struct node *all = 0;
    for (u32 i = 0; i < used; i++) all = merge(slots[i], all, before);
    return all;
}

static u16 list_round(u32 seed, u16 crc)
{
    struct node *list = make_list(seed);
    u32 found = 0;
    for (u32 i = 0; i < 24; i++) {
        struct node *hit = find(list, next_random(&seed) & 0x3ff);
        if (hit) {
            found += hit->place;
            hit->value ^= 0x155;
        }
        list = reverse(list);
    }
    list = sort(list, by_value);
    for (struct node *n = list; n; n = n->next) crc = crc16(n->place, crc);
    list = sort(list, by_place);
    crc = crc16(list->value, crc);
    return crc16(found, crc);
}

// ---- Matrices -----------------------------------------------------------

enum { SIDE = 18 };

static s16 left[SIDE][SIDE], right[SIDE][SIDE];
static s32 product[SIDE][SIDE];

static void make_matrices(u32 seed)
{
    for (u32 i = 0; i < SIDE; i++)
        for (u32 k = 0; k < SIDE; k++) {
            left[i][k] = next_random(&seed) & 0xff;
            right[i][k] = next_random(&seed) & 0x7f;
        }
}

static void add_constant(s16 by)
{
    for (u32 i = 0; i < SIDE; i++)
        for (u32 k = 0; k < SIDE; k++) left[i][k] += by;
}

static void scale(s16 by)
{
    for (u32 i = 0; i < SIDE; i++)
        for (u32 k = 0; k < SIDE; k++) product[i][k] = left[i][k] * by;
}

static void multiply_vector(void)
{
    for (u32 i = 0; i < SIDE; i++) {
        s32 sum = 0;
        for (u32 k = 0; k < SIDE; k++) sum += left[i][k] * right[0][k];
        product[i][0] = sum;
    }
}

static void multiply(void)
{
    for (u32 i = 0; i < SIDE; i++)
        for (u32 j = 0; j < SIDE; j++) {
            s32 sum = 0;
            for (u32 k = 0; k < SIDE; k++)
                sum += left[i][k] * right[k][j];
            product[i][j] = sum;
        }
}

static void multiply_bits(void)
{
    for (u32 i = 0; i < SIDE; i++)
        for (u32 j = 0; j < SIDE; j++) {
            s32 sum = 0;
            for (u32 k = 0; k < SIDE; k++) {
                s32 term = left[i][k] * right[k][j];
                sum += (term >> 2 & 0xf) * (term >> 5 & 0x7f);
            }
            product[i][j] = sum;
        }
}

// How often the running sum passes a limit, and by how much it grows.
static u16 summary(s32 limit, u16 crc)
{
    s32 sum = 0, last = 0, score = 0;
    for (u32 i = 0; i < SIDE; i++)
        for (u32 k = 0; k < SIDE; k++) {
            s32 value = product[i][k];
            sum += value;
            if (sum > limit) {
                score += 10;
                sum = 0;
            } else {
                score += value > last;
            }
            last = value;
        }
    return crc16(score, crc);
}

static u16 matrix_round(u32 seed, u16 crc)
{
    s16 by = seed & 0x3f;
    make_matrices(seed);
    add_constant(by);
    scale(by);
    crc = summary(3000, crc);
    multiply_vector();
    crc = summary(30000, crc);
    multiply();
    crc = summary(200000, crc);
    multiply_bits();
    crc = summary(20000, crc);
    add_constant(-by);
    return crc;
}

// ---- A state machine ----------------------------------------------------

enum { TEXT = 640 };

enum state {
    START, SIGN, INTEGER, POINT, FRACTION, EXPONENT, POWER, WORD, BAD, STATES
};

static char text[TEXT];

static void make_text(u32 seed)
{
    static const char *const pieces[] = {
        "1740", "-22", "+9.5", "3.1416e2", "6e-4", ".5", "name", "x11",
        "0", "12ab", "1.2.3", "--4", "7e", "90210", "long_word", "5.",
    };
    u32 at = 0;
    while (at < TEXT - 1) {
        const char *p = pieces[next_random(&seed) & 15];
        while (*p && at < TEXT - 1) text[at++] = *p++;
        if (at < TEXT - 1) text[at++] = ',';
    }
    text[at] = 0;
}

static int is_digit(char c) { return c >= '0' && c <= '9'; }

static int is_letter(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static enum state step(enum state state, char c)
{
    switch (state) {
    case START:
        if (is_digit(c)) return INTEGER;
        if (c == '+' || c == '-') return SIGN;
        if (c == '.') return POINT;
        return is_letter(c) ? WORD : BAD;
    case SIGN:
        if (is_digit(c)) return INTEGER;
        return c == '.' ? POINT : BAD;
    case INTEGER:
        if (is_digit(c)) return INTEGER;
        if (c == '.') return FRACTION;
        return c == 'e' ? EXPONENT : BAD;
    case POINT:
        return is_digit(c) ? FRACTION : BAD;
    case FRACTION:
        if (is_digit(c)) return FRACTION;
        return c == 'e' ? EXPONENT : BAD;
    case EXPONENT:
        return is_digit(c) || c == '+' || c == '-' ? POWER : BAD;
    case POWER:
        return is_digit(c) ? POWER : BAD;
    case WORD:
        return is_letter(c) || is_digit(c) ? WORD : BAD;
    default:
        return BAD;
    }
}

static void scan(u32 *ends, u32 *moves)
{
    enum state state = START;
    for (const char *p = text; *p; p++) {
        if (*p == ',') {
            ends[state]++;
            state = START;
            continue;
        }
        enum state next = step(state, *p);
        moves[next] += next != state;
        state = next;
    }
    ends[state]++;
}

static void damage(u32 from, u32 by, char with)
{
    for (u32 at = from; at < TEXT - 1; at += by)
        if (text[at] != ',' && (text[at] ^ with) != 0) text[at] ^= with;
}

static u16 text_round(u32 seed, u16 crc)
{
    u32 ends[STATES] = { 0 }, moves[STATES] = { 0 };
    make_text(seed);
    scan(ends, moves);
    damage(seed & 7, 11, 3);
    scan(ends, moves);
    for (u32 i = 0; i < STATES; i++) {
        crc = crc32bits(ends[i], crc);
        crc = crc32bits(moves[i], crc);
    }
    return crc;
}

// ---- The whole ----------------------------------------------------------

static u32 rounds;

void prepare(const struct sizes *sizes)
{
    rounds = sizes->n;
}

u32 repetition(u32 seed)
{
    u32 sum = seed;
    for (u32 i = 0; i < rounds; i++) {
        u16 crc = list_round(sum, 0xffff);
        crc = matrix_round(sum + i, crc);
        crc = text_round(sum ^ i, crc);
        sum = mix(sum, crc);
    }
    return sum;
}
