import Flow
import Kafka
import Liquid
import Pipeline
import Registry

/// `sluice dev` without --once: says what to try, then shows every record of what happens until it is stopped.
struct StayingRun {
    let house: DevHouse
    let output: OutputOptions

    func run() async throws {
        try output.printer.say(try await hints())
        let consumer = try Consumer(
            ConsumerConfiguration(kafka: house.kafka, offsetReset: .earliest, fetchWaitMax: .milliseconds(5)),
            logger: house.logger)
        let starts = (0..<DevCluster.partitions).flatMap { partition in
            [house.topics.runs, house.topics.dead].map { topic in
                PartitionStart(
                    topicPartition: TopicPartition(topic: topic, partition: partition), offset: .beginning)
            }
        }
        try await consumer.assign(starts)
        do {
            while let batch = try await consumer.next() {
                for record in batch.records { try show(WireRecord(record)) }
            }
        } catch is CancellationError {
            // The services were stopped.
        }
        await consumer.close()
    }

    private func show(_ record: WireRecord) throws {
        if let letter = DeadLetter(record) {
            try print(
                "dead      \(letter.connector) \(letter.store ?? "-") \(letter.stage.rawValue): \(letter.reason)",
                json: .compact([
                    "record": "dead", "connector": .string(letter.connector),
                    "store": letter.store.map { .string($0) }, "stage": .string(letter.stage.rawValue),
                    "reason": .string(letter.reason),
                ]))
            return
        }
        // A record of another format is nothing that happened here.
        guard let value = record.value, let document = try? JSONParser.parse(value),
            let run = RunRecord(value: document)
        else { return }
        try print(WatchLine.text(.record(run)), json: document)
    }

    private func print(_ text: String, json: JSON) throws {
        try Terminal.write(
            (output.output == .json ? TextWidth.escaped(json: json.jsonText) : TextWidth.printable(text))
                + "\n")
    }

    private func hints() async throws -> String {
        DevHints(
            directory: house.reader.directory, servers: house.kafka.bootstrapServers,
            secretsKeys: house.secretsKeys, secret: house.secret, box: house.box,
            vendorOrigin: try await house.vendorOrigin, gatewayOrigin: try await house.gatewayOrigin
        ).text
    }
}
