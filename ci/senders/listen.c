/* Measures how evenly RTP arrives, by the kernel's stamps.
 *
 * usage: listen PORT SECONDS
 *
 * Prints, of |time since the stream's packet before - 20 ms| over all streams and without the first
 * second: streams, intervals, p50, p99, p99.9 and maximum in milliseconds. A stream is a source port
 * and an SSRC. A lost or reordered packet begins the stream anew.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>

enum { MOST = 4096, ROOM = 1 << 22 };

struct stream {
    unsigned key, port;
    unsigned short sequence;
    long long at;
};

static struct stream streams[MOST];
static double errors[ROOM];

static int compare(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static long long nanos(struct timespec at)
{
    return at.tv_sec * 1000000000LL + at.tv_nsec;
}

int main(int count, char **given)
{
    if (count != 3) {
        fprintf(stderr, "usage: listen PORT SECONDS\n");
        return 64;
    }
    int one = 1, room = 8 << 20, known = 0, found = 0;
    int s = socket(AF_INET, SOCK_DGRAM, 0);
    struct sockaddr_in here = { .sin_family = AF_INET, .sin_port = htons(atoi(given[1])) };
    here.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    setsockopt(s, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
    setsockopt(s, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (bind(s, (struct sockaddr *)&here, sizeof here) != 0) {
        perror("listen: bind");
        return 1;
    }
    long long first = 0;
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    long long until = nanos(now) + atoi(given[2]) * 1000000000LL;
    while (clock_gettime(CLOCK_MONOTONIC, &now), nanos(now) < until) {
        struct pollfd ready = { .fd = s, .events = POLLIN };
        if (poll(&ready, 1, 100) <= 0)
            continue;
        unsigned char packet[2048], control[256];
        struct sockaddr_in from;
        struct iovec part = { packet, sizeof packet };
        struct msghdr message = { .msg_name = &from, .msg_namelen = sizeof from, .msg_iov = &part,
            .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control };
        ssize_t length = recvmsg(s, &message, 0);
        struct cmsghdr *stamp = CMSG_FIRSTHDR(&message);
        if (length < 12 || packet[0] >> 6 != 2 || (packet[1] & 0x7f) >= 72 || stamp == NULL)
            continue;
        long long at = nanos(*(struct timespec *)CMSG_DATA(stamp));
        unsigned key = packet[8] << 24 | packet[9] << 16 | packet[10] << 8 | packet[11];
        unsigned short sequence = packet[2] << 8 | packet[3];
        if (first == 0)
            first = at;
        int i = 0;
        while (i < known && (streams[i].key != key || streams[i].port != from.sin_port))
            i++;
        if (i == MOST)
            continue;
        if (i == known)
            known++;
        else if ((unsigned short)(streams[i].sequence + 1) == sequence
            && at - first > 1000000000LL && found < ROOM) {
            double error = (at - streams[i].at - 20000000) / 1e6;
            errors[found++] = error < 0 ? -error : error;
        }
        streams[i] = (struct stream){ key, from.sin_port, sequence, at };
    }
    if (found == 0) {
        printf("0 0 - - - -\n");
        return 1;
    }
    qsort(errors, found, sizeof *errors, compare);
    const double parts[] = { 0.5, 0.99, 0.999 };
    printf("%d %d", known, found);
    for (int i = 0; i < 3; i++) {
        int rank = (int)(parts[i] * found + 0.999999) - 1;
        printf(" %.4f", errors[rank < 0 ? 0 : rank]);
    }
    printf(" %.4f\n", errors[found - 1]);
    return 0;
}
