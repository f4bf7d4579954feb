// The C headers of the system's librdkafka, made visible to the Swift target `Kafka`, their only importer.
// It holds no wrapper of its own: the variadic `rd_kafka_producev` has a counterpart that takes an array,
// and the few macros that Swift can't read are written out beside their use in `Kafka`.

#ifndef SLUICE_CRDKAFKA_SHIM_H
#define SLUICE_CRDKAFKA_SHIM_H

#include <librdkafka/rdkafka.h>
#include <librdkafka/rdkafka_mock.h>

#endif
