// Secrets that are planted, and all that comes out of a full run.

import Flow
import Foundation
import Kafka
import MockVendor
import TestSupport
import Testing

extension RolesOnBrokers {
    @Suite struct Secrecy {
        @Test(.timeLimit(.minutes(6)))
        func `planted secrets appear in no log, record, dead letter, error or listing`() async throws {
            let setup = ClusterSetup(
                script: TestManifest.faults, stores: 4, environment: ["SLUICE_LOG_LEVEL": "trace"])
            try await Cluster.runOnSoundBroker(setup) { cluster in
                let token = "planted-path-token-9f3"
                try await cluster.apply(
                    """
                    kind: connection
                    connector: slack
                    store: \(TestManifest.store(1))
                    endpoint: http://127.0.0.1:9/flow/\(token)?key=\(token)
                    secret: { env: SLUICE_EXAMPLE_SECRET }

                    """)
                let workers = try await cluster.start(matchers: 1, senders: 2)
                try await cluster.produceMixed(0..<120)
                try await cluster.produce([
                    WireRecord(topic: cluster.topics.triggers("loyaltylion"), key: nil, value: [1])
                ])
                _ = try await cluster.runs.wait("most of the runs", within: .seconds(90)) {
                    $0.ends.count >= 60
                }
                var said = try await cluster.stops(endpoint: "http://127.0.0.1:9/flow/\(token)?key=\(token)")
                said += try await cluster.listings()
                // A wrong document with a secret in it: the error must not repeat it.
                let wrong = try await cluster.refusedApply(
                    "kind: connection\nconnector: slack\nendpoint: http://[\(Cluster.secret)\nsecret: \(Cluster.secret)\n"
                )
                said += wrong
                for worker in workers.matchers + workers.senders {
                    try await worker.stop()
                    said += worker.child.lines
                }
                try #require(said.count > 200)
                let planted = Self.forms(of: Cluster.secret) + Self.forms(of: cluster.sealingKey)
                for line in said {
                    let found = (planted + [token]).first { line.contains($0) }
                    #expect(found == nil, "\(line.prefix(300))")
                }
                for (topic, partitions) in try await cluster.allTopics() {
                    for record in try await cluster.records(of: topic, partitions: partitions) {
                        let text = String(
                            decoding: (record.key ?? []) + (record.value ?? [])
                                + record.headers.flatMap(\.value), as: UTF8.self)
                        // The registry keeps endpoints as they are: who reads it may send requests.
                        let words = topic == cluster.topics.registry ? planted : planted + [token]
                        #expect(words.first { text.contains($0) } == nil, "\(topic)@\(record.offset)")
                    }
                }
            }
        }

        /// As it is, in base64 and in hexadecimal digits.
        private static func forms(of secret: String) -> [String] {
            let bytes = Data(secret.utf8)
            return [
                secret, bytes.base64EncodedString().trimmingCharacters(in: ["="]),
                bytes.map { String(format: "%02x", $0) }.joined(),
            ]
        }
    }
}

extension Cluster {
    /// What an operator may ask for.
    fileprivate func listings() async throws -> [String] {
        var lines: [String] = []
        for command in [
            ["get", "connections"], ["get", "connections", "--output", "json"],
            ["get", "connections", "slack@*"], ["dead", "list", "--state", "any", "--output", "json"],
            ["dead", "histogram"], ["in-doubt", "list"],
            ["get", "pauses"], ["get", "pauses", "--output", "json"],
            ["get", "cancellations"], ["get", "cancellations", "--output", "json"],
        ] {
            lines += try await sluice(command).lines
        }
        return lines
    }

    /// Pauses and cancels by an endpoint as it stands in the manifest, and once by one that nobody has.
    fileprivate func stops(endpoint: String) async throws -> [String] {
        var lines: [String] = []
        for command in ["cancel", "pause", "resume", "pause"] {
            lines += try await sluice([command, "endpoint", endpoint]).lines
            lines += try await sluice([command, "endpoint", endpoint, "--output", "json"]).lines
        }
        for command in ["cancel", "pause", "resume"] {
            let other = endpoint.replacing("127.0.0.1:9", with: "nobody.example")
            lines += try await sluice([command, "endpoint", other], expecting: 1).lines
        }
        return lines
    }
}
