/* What the benchmarks ask of a Kafka cluster, beside the programs that they measure.
 *
 *   cluster progress SERVERS GROUP TOPIC PID [name=value …]   time and CPU of PID from the group's first commit to the end
 *   cluster forget SERVERS GROUP [name=value …]               the group begins at the earliest offset again
 *   cluster count SERVERS TOPIC [name=value …]                committed records of a topic
 *   cluster remove SERVERS PREFIX [name=value …]              topics and groups whose names begin so
 *
 * It measures every rival in the same way: from outside, by what the group has committed. */
#include <librdkafka/rdkafka.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { answer_ms = 10000, poll_ms = 5, stall_s = 60, name_limit = 1000 };

static void fail(const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    fputs("cluster: ", stderr);
    vfprintf(stderr, format, arguments);
    fputc('\n', stderr);
    va_end(arguments);
    exit(1);
}

static void check(rd_kafka_resp_err_t error, const char *what) {
    if (error) fail("%s: %s", what, rd_kafka_err2str(error));
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value) {
    char text[512];
    if (rd_kafka_conf_set(conf, name, value, text, sizeof text) != RD_KAFKA_CONF_OK) fail("%s", text);
}

/* A consumer that joins nothing: it only asks. */
static rd_kafka_t *client(const char *servers, const char *group, const char *isolation, int count, char **properties) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", servers);
    set(conf, "group.id", group);
    set(conf, "enable.auto.commit", "false");
    set(conf, "enable.partition.eof", "true");
    set(conf, "isolation.level", isolation);
    set(conf, "auto.offset.reset", "earliest");
    for (int i = 0; i < count; i++) {
        char *value = strchr(properties[i], '=');
        if (!value) fail("%s is no name=value", properties[i]);
        *value = 0;
        set(conf, properties[i], value + 1);
        *value = '=';
    }
    char text[512];
    rd_kafka_t *kafka = rd_kafka_new(RD_KAFKA_CONSUMER, conf, text, sizeof text);
    if (!kafka) fail("%s", text);
    return kafka;
}

static rd_kafka_topic_partition_list_t *partitions(rd_kafka_t *kafka, const char *topic) {
    rd_kafka_topic_t *handle = rd_kafka_topic_new(kafka, topic, NULL);
    const rd_kafka_metadata_t *metadata;
    check(rd_kafka_metadata(kafka, 0, handle, &metadata, answer_ms), "partitions");
    int count = metadata->topic_cnt == 1 ? metadata->topics[0].partition_cnt : 0;
    if (count == 0) fail("there is no topic %s", topic);
    rd_kafka_topic_partition_list_t *list = rd_kafka_topic_partition_list_new(count);
    for (int i = 0; i < count; i++) rd_kafka_topic_partition_list_add(list, topic, i);
    rd_kafka_metadata_destroy(metadata);
    rd_kafka_topic_destroy(handle);
    return list;
}

/* Seconds on a clock that never goes back. */
static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return (double)time.tv_sec + (double)time.tv_nsec / 1e9;
}

static double cpu_seconds(const char *pid) {
    char path[64], line[1024];
    snprintf(path, sizeof path, "/proc/%s/stat", pid);
    FILE *file = fopen(path, "r");
    if (!file || !fgets(line, sizeof line, file)) fail("the process %s has ended", pid);
    fclose(file);
    unsigned long user, system;
    /* The name in parentheses may hold anything; user and system time are the 12th and 13th after it. */
    char *rest = strrchr(line, ')');
    if (!rest || sscanf(rest + 1, " %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu", &user, &system) != 2)
        fail("%s can't be read", path);
    return (double)(user + system) / (double)sysconf(_SC_CLK_TCK);
}

static void rest_ms(long milliseconds) {
    struct timespec time = {0, milliseconds * 1000000};
    nanosleep(&time, NULL);
}

/* Records that lie before the group's committed offsets; -1 where the cluster doesn't answer. */
static int64_t committed(rd_kafka_t *kafka, rd_kafka_topic_partition_list_t *list, const int64_t *lows) {
    if (rd_kafka_committed(kafka, list, answer_ms)) return -1;
    int64_t sum = 0;
    for (int i = 0; i < list->cnt; i++)
        if (list->elems[i].offset >= 0) sum += list->elems[i].offset - lows[i];
    return sum;
}

static void progress(rd_kafka_t *kafka, const char *topic, const char *pid) {
    rd_kafka_topic_partition_list_t *list = partitions(kafka, topic);
    int64_t *lows = calloc((size_t)list->cnt, sizeof *lows), target = 0;
    for (int i = 0; i < list->cnt; i++) {
        int64_t high;
        check(rd_kafka_query_watermark_offsets(kafka, topic, i, &lows[i], &high, answer_ms), "watermarks");
        target += high - lows[i];
    }
    int64_t first = 0, last = 0;
    long commits = 0;
    double began = 0, changed = now(), cpu = 0;
    while (last < target) {
        rest_ms(poll_ms);
        int64_t done = committed(kafka, list, lows);
        if (done <= last) {
            cpu_seconds(pid); /* fails when the process is gone */
            if (now() - changed > stall_s)
                fail("%lld of %lld records, and no progress for %d s", (long long)last, (long long)target, stall_s);
            continue;
        }
        changed = now();
        if (last == 0) {
            first = done;
            began = changed;
            cpu = cpu_seconds(pid);
        } else {
            commits++;
        }
        last = done;
    }
    double seconds = changed - began, spent = cpu_seconds(pid) - cpu;
    if (commits == 0 || spent <= 0) fail("%lld records are too few to measure", (long long)target);
    int64_t counted = last - first;
    printf("\"records\": %lld, \"seconds\": %.3f, \"cpu_seconds\": %.2f, \"commits\": %ld, "
           "\"per_second\": %.0f, \"per_cpu_second\": %.0f\n",
           (long long)counted, seconds, spent, commits, (double)counted / seconds, (double)counted / spent);
    free(lows);
    rd_kafka_topic_partition_list_destroy(list);
}

static void count(rd_kafka_t *kafka, const char *topic) {
    rd_kafka_topic_partition_list_t *list = partitions(kafka, topic);
    for (int i = 0; i < list->cnt; i++) list->elems[i].offset = RD_KAFKA_OFFSET_BEGINNING;
    check(rd_kafka_assign(kafka, list), "assignment");
    long records = 0;
    for (int ends = 0; ends < list->cnt;) {
        rd_kafka_message_t *message = rd_kafka_consumer_poll(kafka, stall_s * 1000);
        if (!message) fail("%s: no record for %d s", topic, stall_s);
        if (message->err == RD_KAFKA_RESP_ERR__PARTITION_EOF) ends++;
        else check(message->err, topic);
        if (!message->err) records++;
        rd_kafka_message_destroy(message);
    }
    printf("%ld\n", records);
    rd_kafka_topic_partition_list_destroy(list);
}

/* Waits for one answer of an administrative request, and gives it back. */
static rd_kafka_event_t *answer(rd_kafka_queue_t *queue, const char *what) {
    rd_kafka_event_t *event = rd_kafka_queue_poll(queue, 60000);
    if (!event) fail("%s: no answer", what);
    check(rd_kafka_event_error(event), what);
    return event;
}

/* A group that isn't there is forgotten already. One whose member has just left may not be empty yet. */
static void forget(rd_kafka_t *kafka, const char *group) {
    rd_kafka_queue_t *queue = rd_kafka_queue_new(kafka);
    for (double began = now();; rest_ms(100)) {
        rd_kafka_DeleteGroup_t *request = rd_kafka_DeleteGroup_new(group);
        rd_kafka_DeleteGroups(kafka, &request, 1, NULL, queue);
        rd_kafka_event_t *event = answer(queue, "forget");
        size_t size;
        const rd_kafka_group_result_t **results =
            rd_kafka_DeleteGroups_result_groups(rd_kafka_event_DeleteGroups_result(event), &size);
        const rd_kafka_error_t *error = size == 1 ? rd_kafka_group_result_error(results[0]) : NULL;
        rd_kafka_resp_err_t code = error ? rd_kafka_error_code(error) : RD_KAFKA_RESP_ERR_NO_ERROR;
        rd_kafka_event_destroy(event);
        rd_kafka_DeleteGroup_destroy(request);
        if (!code || code == RD_KAFKA_RESP_ERR_GROUP_ID_NOT_FOUND) break;
        if (now() - began > 30) check(code, group);
    }
    rd_kafka_queue_destroy(queue);
}

static void remove_all(rd_kafka_t *kafka, const char *prefix) {
    const struct rd_kafka_group_list *groups;
    check(rd_kafka_list_groups(kafka, NULL, &groups, answer_ms), "groups");
    for (int i = 0; i < groups->group_cnt; i++)
        if (!strncmp(groups->groups[i].group, prefix, strlen(prefix))) forget(kafka, groups->groups[i].group);
    rd_kafka_group_list_destroy(groups);

    const rd_kafka_metadata_t *metadata;
    check(rd_kafka_metadata(kafka, 1, NULL, &metadata, answer_ms), "topics");
    rd_kafka_DeleteTopic_t *requests[name_limit];
    size_t size = 0;
    for (int i = 0; i < metadata->topic_cnt && size < name_limit; i++)
        if (!strncmp(metadata->topics[i].topic, prefix, strlen(prefix)))
            requests[size++] = rd_kafka_DeleteTopic_new(metadata->topics[i].topic);
    rd_kafka_metadata_destroy(metadata);
    if (size == 0) return;
    rd_kafka_queue_t *queue = rd_kafka_queue_new(kafka);
    rd_kafka_DeleteTopics(kafka, requests, size, NULL, queue);
    rd_kafka_event_destroy(answer(queue, "removal of topics"));
    rd_kafka_DeleteTopic_destroy_array(requests, size);
    rd_kafka_queue_destroy(queue);
}

int main(int argc, char **argv) {
    const char *command = argc > 1 ? argv[1] : "";
    int wanted = !strcmp(command, "progress") ? 6
        : !strcmp(command, "forget") || !strcmp(command, "count") || !strcmp(command, "remove") ? 4 : 0;
    if (!wanted || argc < wanted) fail("wrong use; the comment at the top of cluster.c has the commands");
    /* `count` commits nothing; `forget` and `remove` ask about groups without being in one. */
    const char *group = wanted == 6 ? argv[3] : "benchmark-reader";
    /* With read_committed, the question for a group's offsets would wait for the end of a transaction that is open. */
    const char *isolation = wanted == 6 ? "read_uncommitted" : "read_committed";
    rd_kafka_t *kafka = client(argv[2], group, isolation, argc - wanted, argv + wanted);
    rd_kafka_poll_set_consumer(kafka);
    if (!strcmp(command, "progress")) progress(kafka, argv[4], argv[5]);
    if (!strcmp(command, "forget")) forget(kafka, argv[3]);
    if (!strcmp(command, "count")) count(kafka, argv[3]);
    if (!strcmp(command, "remove")) remove_all(kafka, argv[3]);
    rd_kafka_consumer_close(kafka);
    rd_kafka_destroy(kafka);
    return 0;
}
