/* The yardstick: a bare loop that sends RTP at absolute deadlines and does nothing else.
 *
 * usage: pace PORT STREAMS SECONDS
 *
 * Each stream sends 172 bytes each 20 ms to 127.0.0.1:PORT from a socket of its own; the streams begin
 * spread over 20 ms. Scheduled as SCHED_FIFO where that is allowed.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <time.h>

enum { PACKET = 172, PERIOD = 20000000 };

static struct timespec later(struct timespec at, long long nanos)
{
    nanos += at.tv_nsec;
    at.tv_sec += nanos / 1000000000;
    at.tv_nsec = nanos % 1000000000;
    return at;
}

int main(int count, char **given)
{
    if (count != 4) {
        fprintf(stderr, "usage: pace PORT STREAMS SECONDS\n");
        return 64;
    }
    int streams = atoi(given[2]);
    long long packets = atoi(given[3]) * 50LL;
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(atoi(given[1])) };
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    struct sched_param priority = { .sched_priority = 10 };
    if (sched_setscheduler(0, SCHED_FIFO, &priority) != 0)
        fprintf(stderr, "pace: no SCHED_FIFO, going on without\n");
    prctl(PR_SET_TIMERSLACK, 1, 0, 0, 0);
    int *sockets = calloc(streams, sizeof *sockets);
    for (int i = 0; i < streams; i++)
        sockets[i] = socket(AF_INET, SOCK_DGRAM, 0);
    struct timespec start;
    clock_gettime(CLOCK_MONOTONIC, &start);
    start = later(start, PERIOD);
    for (long long n = 0; n < packets * streams; n++) {
        int stream = n % streams;
        unsigned sequence = n / streams;
        unsigned char packet[PACKET] = { 0x80, 0, sequence >> 8, sequence };
        unsigned stamp = htonl(sequence * 160), ssrc = htonl(stream + 1);
        memcpy(packet + 4, &stamp, 4);
        memcpy(packet + 8, &ssrc, 4);
        struct timespec due = later(start, n * PERIOD / streams);
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &due, NULL) != 0)
            ;
        sendto(sockets[stream], packet, sizeof packet, 0, (struct sockaddr *)&to, sizeof to);
    }
    return 0;
}
