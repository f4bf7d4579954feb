// What tests need to reach states that no broker can be made to cause.

import CRdKafka

extension ProducerClient {
    func raiseFatalError() throws {
        _ = try handle.use("fatal error for a test") { client in
            rd_kafka_test_fatal_error(
                client, RD_KAFKA_RESP_ERR_OUT_OF_ORDER_SEQUENCE_NUMBER, "raised by a test")
        }
    }
}

extension ConsumerLoop {
    func raiseFatalError() throws {
        _ = try handle.use("fatal error for a test") { client in
            rd_kafka_test_fatal_error(client, RD_KAFKA_RESP_ERR_FENCED_INSTANCE_ID, "raised by a test")
        }
    }
}
