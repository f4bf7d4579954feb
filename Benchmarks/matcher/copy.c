/* The matcher's rival: reads a topic and writes each record, unchanged, to another one. It looks into no record.
 *
 *   copy SERVERS GROUP FROM TO exactly-once|at-least-once RECORDS COPIES [name=value …]
 *
 * Client settings, acknowledgements and commits are those of `sluice run matcher`. RECORDS is the largest batch: one
 * transaction, or one commit of offsets. As in the matcher, at-least-once offsets are committed when their records are
 * acknowledged, while the next batch is under way. COPIES is how often each record is written. Ends on SIGTERM. */
#include <librdkafka/rdkafka.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { limit_ms = 20000, take_ms = 10 };

static volatile sig_atomic_t is_stopping;
static long acknowledged;

static void stop(int signal) {
    (void)signal;
    is_stopping = 1;
}

static void fail(const char *what, const char *why) {
    fprintf(stderr, "copy: %s: %s\n", what, why);
    exit(1);
}

static void check(rd_kafka_resp_err_t error, const char *what) {
    if (error) fail(what, rd_kafka_err2str(error));
}

static void check_call(rd_kafka_error_t *error, const char *what) {
    if (error) fail(what, rd_kafka_error_string(error));
}

static void delivered(rd_kafka_t *kafka, const rd_kafka_message_t *message, void *opaque) {
    (void)kafka, (void)opaque;
    check(message->err, "delivery");
    acknowledged++;
}

static void set(rd_kafka_conf_t *conf, const char *name, const char *value) {
    char text[512];
    if (rd_kafka_conf_set(conf, name, value, text, sizeof text) != RD_KAFKA_CONF_OK) fail("configuration", text);
}

static rd_kafka_conf_t *configuration(const char *servers, int count, char **properties) {
    rd_kafka_conf_t *conf = rd_kafka_conf_new();
    set(conf, "bootstrap.servers", servers);
    set(conf, "socket.timeout.ms", "10000");
    for (int i = 0; i < count; i++) {
        char *value = strchr(properties[i], '=');
        if (!value) fail(properties[i], "is no name=value");
        *value = 0;
        set(conf, properties[i], value + 1);
        *value = '=';
    }
    return conf;
}

static rd_kafka_t *client(rd_kafka_type_t type, rd_kafka_conf_t *conf) {
    char text[512];
    rd_kafka_t *kafka = rd_kafka_new(type, conf, text, sizeof text);
    if (!kafka) fail("client", text);
    return kafka;
}

static rd_kafka_t *consumer(rd_kafka_conf_t *conf, const char *group, const char *topic) {
    set(conf, "group.id", group);
    set(conf, "enable.auto.commit", "false");
    set(conf, "enable.auto.offset.store", "false");
    set(conf, "isolation.level", "read_committed");
    set(conf, "auto.offset.reset", "earliest");
    set(conf, "partition.assignment.strategy", "range");
    set(conf, "session.timeout.ms", "10000");
    set(conf, "queued.max.messages.kbytes", "65536");
    set(conf, "queued.min.messages", "100000");
    set(conf, "fetch.wait.max.ms", "100");
    rd_kafka_t *kafka = client(RD_KAFKA_CONSUMER, conf);
    rd_kafka_poll_set_consumer(kafka);
    rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
    rd_kafka_topic_partition_list_add(topics, topic, RD_KAFKA_PARTITION_UA);
    check(rd_kafka_subscribe(kafka, topics), "subscription");
    rd_kafka_topic_partition_list_destroy(topics);
    return kafka;
}

static rd_kafka_t *producer(rd_kafka_conf_t *conf, const char *transactional_id) {
    set(conf, "enable.idempotence", "true");
    set(conf, "acks", "all");
    set(conf, "partitioner", "murmur2_random");
    set(conf, "compression.codec", "lz4");
    set(conf, "linger.ms", "5");
    set(conf, "message.max.bytes", "2097152");
    if (transactional_id) {
        set(conf, "transactional.id", transactional_id);
        set(conf, "transaction.timeout.ms", "20000");
        set(conf, "message.timeout.ms", "8000");
    }
    rd_kafka_conf_set_dr_msg_cb(conf, delivered);
    rd_kafka_t *kafka = client(RD_KAFKA_PRODUCER, conf);
    if (transactional_id) check_call(rd_kafka_init_transactions(kafka, limit_ms), "transactions");
    return kafka;
}

/* Hands one record over; while librdkafka's queue is full it waits for acknowledgements. The last copy takes the
 * headers with it. */
static void produce(rd_kafka_t *kafka, rd_kafka_topic_t *topic, rd_kafka_message_t *message, int is_last) {
    rd_kafka_headers_t *headers = NULL;
    if (is_last) rd_kafka_message_detach_headers(message, &headers);
    else if (!rd_kafka_message_headers(message, &headers)) headers = rd_kafka_headers_copy(headers);
    for (;;) {
        rd_kafka_resp_err_t error = rd_kafka_producev(
            kafka, RD_KAFKA_V_RKT(topic), RD_KAFKA_V_PARTITION(RD_KAFKA_PARTITION_UA),
            RD_KAFKA_V_MSGFLAGS(RD_KAFKA_MSG_F_COPY), RD_KAFKA_V_KEY(message->key, message->key_len),
            RD_KAFKA_V_VALUE(message->payload, message->len), RD_KAFKA_V_HEADERS(headers), RD_KAFKA_V_END);
        if (!error) return;
        if (error != RD_KAFKA_RESP_ERR__QUEUE_FULL) check(error, "produce");
        rd_kafka_poll(kafka, 10);
    }
}

/* The next offset of each partition, from the last record of each in the batch. */
static void note(rd_kafka_topic_partition_list_t *offsets, const rd_kafka_message_t *message) {
    const char *topic = rd_kafka_topic_name(message->rkt);
    rd_kafka_topic_partition_t *found = rd_kafka_topic_partition_list_find(offsets, topic, message->partition);
    if (!found) found = rd_kafka_topic_partition_list_add(offsets, topic, message->partition);
    if (message->offset >= found->offset) found->offset = message->offset + 1;
}

int main(int argc, char **argv) {
    if (argc < 8) fail("wrong use", "the comment at the top of copy.c has the arguments");
    const char *group = argv[2];
    int is_transactional = !strcmp(argv[5], "exactly-once");
    size_t size = strtoul(argv[6], NULL, 10);
    int copies = atoi(argv[7]);
    signal(SIGTERM, stop);

    rd_kafka_t *to = producer(configuration(argv[1], argc - 8, argv + 8), is_transactional ? group : NULL);
    rd_kafka_t *from = consumer(configuration(argv[1], argc - 8, argv + 8), group, argv[3]);
    rd_kafka_topic_t *topic = rd_kafka_topic_new(to, argv[4], NULL);
    rd_kafka_queue_t *queue = rd_kafka_queue_get_consumer(from);
    rd_kafka_message_t **batch = calloc(size, sizeof *batch);
    /* Of the batch before, whose records are on their way. */
    rd_kafka_topic_partition_list_t *pending = NULL;
    long handed = 0;

    while (!is_stopping) {
        ssize_t taken = rd_kafka_consume_batch_queue(queue, take_ms, batch, size);
        rd_kafka_topic_partition_list_t *offsets = rd_kafka_topic_partition_list_new(16);
        long before = handed;
        if (is_transactional && taken > 0) check_call(rd_kafka_begin_transaction(to), "begin");
        for (ssize_t i = 0; i < taken; i++) {
            check(batch[i]->err, "record");
            for (int copy = 0; copy < copies; copy++) produce(to, topic, batch[i], copy + 1 == copies);
            handed += copies;
            note(offsets, batch[i]);
            if (i % 100 == 0) rd_kafka_poll(to, 0);
        }
        if (is_transactional && taken > 0) {
            rd_kafka_consumer_group_metadata_t *member = rd_kafka_consumer_group_metadata(from);
            check_call(rd_kafka_send_offsets_to_transaction(to, offsets, member, limit_ms), "offsets");
            check_call(rd_kafka_commit_transaction(to, limit_ms), "commit");
            rd_kafka_consumer_group_metadata_destroy(member);
        }
        if (!is_transactional && pending) {
            while (acknowledged < before) rd_kafka_poll(to, 10);
            check(rd_kafka_commit(from, pending, 1), "commit");
            rd_kafka_topic_partition_list_destroy(pending);
            pending = NULL;
        }
        if (!is_transactional && taken > 0) pending = offsets;
        else rd_kafka_topic_partition_list_destroy(offsets);
        for (ssize_t i = 0; i < taken; i++) rd_kafka_message_destroy(batch[i]);
    }
    rd_kafka_flush(to, limit_ms);
    rd_kafka_queue_destroy(queue);
    rd_kafka_consumer_close(from);
    rd_kafka_topic_destroy(topic);
    rd_kafka_destroy(from);
    rd_kafka_destroy(to);
    free(batch);
    return 0;
}
