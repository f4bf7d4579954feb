import Testing

@testable import Kafka

@Suite struct ConfigurationTests {
    @Test(arguments: [
        "enable.idempotence", "bootstrap.servers", "partitioner", "group.id", "enable.auto.commit",
    ])
    func `a property that the promises rest on is refused by name`(name: String) throws {
        let configuration = KafkaConfiguration(bootstrapServers: "x:1", properties: [name: "1"])
        let error = #expect(throws: KafkaError.self) { try Producer(configuration, logger: silent) }
        #expect(error?.kind == .invalidConfiguration)
        #expect(error?.description.contains(name) == true)
    }

    @Test func `an unknown property is refused by name`() {
        let configuration = KafkaConfiguration(bootstrapServers: "x:1", properties: ["lingre.ms": "1"])
        let error = #expect(throws: KafkaError.self) { try Producer(configuration, logger: silent) }
        #expect(error?.description.contains("lingre.ms") == true)
    }

    @Test func `a wrong value is refused by its property's name, without the value`() {
        let configuration = KafkaConfiguration(bootstrapServers: "x:1", properties: ["linger.ms": "hunter2"])
        let error = #expect(throws: KafkaError.self) { try Producer(configuration, logger: silent) }
        #expect(error?.description.contains("linger.ms") == true)
        #expect(error?.description.contains("hunter2") == false)
    }

    @Test func `no bootstrap servers are refused`() {
        #expect(throws: KafkaError.self) {
            try Producer(KafkaConfiguration(bootstrapServers: ""), logger: silent)
        }
    }

    @Test func `the cooperative assignor is refused with the reason`() {
        let configuration = ConsumerConfiguration(
            kafka: KafkaConfiguration(
                bootstrapServers: "x:1", properties: ["partition.assignment.strategy": "cooperative-sticky"]),
            groupID: "g")
        let error = #expect(throws: KafkaError.self) { try Consumer(configuration, logger: silent) }
        #expect(error?.description.contains("2.10") == true)
    }

    @Test func `a duration that is shorter than a millisecond is rounded up`() {
        #expect(Duration.microseconds(1).wholeMilliseconds == 1)
        #expect(Duration.milliseconds(20).wholeMilliseconds == 20)
        #expect(Duration.zero.wholeMilliseconds == 0)
    }
}
