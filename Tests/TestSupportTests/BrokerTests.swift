import Foundation
import Testing

@testable import TestSupport

/// One after the other: a stand-in broker needs memory and time of its own.
@Suite(.serialized) struct BrokerTests {
    /// `Tests/brokers.sh` has run, and no external Kafka takes their place.
    private static let hasStandIns =
        Broker.externalServers == nil && Broker.isInstalled(.noidaDB) && Broker.isInstalled(.tansu)

    @Test(.enabled(if: hasStandIns), arguments: [Broker.Kind.noidaDB, .tansu])
    func `answers while it is lent, and is gone afterwards`(kind: Broker.Kind) async throws {
        let (port, pid) = try await withBroker(kind) { broker in
            let port = try #require(broker.bootstrapServers.split(separator: ":").last.flatMap { Int($0) })
            #expect(broker.kind == kind)
            #expect(await KafkaProbe.answers(port: port))
            return (port, try #require(broker.processID))
        }
        #expect(!FileManager.default.fileExists(atPath: "/proc/\(pid)"))
        #expect(!(await KafkaProbe.answers(port: port)))
    }

    @Test(.enabled(if: hasStandIns))
    func `a restart keeps the address and is another process`() async throws {
        try await withBroker(.noidaDB) { broker in
            let servers = broker.bootstrapServers
            let before = broker.processID
            try await broker.restart()
            #expect(broker.bootstrapServers == servers)
            #expect(broker.processID != before)
            let port = try #require(servers.split(separator: ":").last.flatMap { Int($0) })
            #expect(await KafkaProbe.answers(port: port))
        }
    }

    @Test(.enabled(if: hasStandIns))
    func `tansu cannot be restarted with its data`() async throws {
        try await withBroker(.tansu) { broker in
            _ = await #expect(throws: TestSupportError.self) { try await broker.restart() }
        }
    }

    @Test(.enabled(if: hasStandIns))
    func `an abandoned broker is killed and its directory removed`() async throws {
        var broker: Broker? = try await Broker.start(.noidaDB)
        let pid = try #require(broker?.processID)
        let directory = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/\(pid)/cwd")
        #expect(FileManager.default.fileExists(atPath: directory))
        broker = nil
        try await eventually("process and directory are gone", within: .seconds(10)) {
            !FileManager.default.fileExists(atPath: "/proc/\(pid)")
                && !FileManager.default.fileExists(atPath: directory)
        }
    }

    @Test(.enabled(if: Broker.externalServers != nil))
    func `a Kafka that the environment names stands for every kind`() async throws {
        for kind in Broker.Kind.allCases {
            try await withBroker(kind) { broker in
                #expect(broker.kind == .external)
                #expect(broker.bootstrapServers == Broker.externalServers)
            }
        }
    }

    @Test func `unique names differ and keep their begin`() {
        #expect(Broker.uniqueName("orders") != Broker.uniqueName("orders"))
        #expect(Broker.uniqueName("orders").hasPrefix("orders-"))
    }

    @Test func `nothing answers where nothing listens`() async throws {
        #expect(!(await KafkaProbe.answers(port: try await LoopbackPort.free())))
    }
}
