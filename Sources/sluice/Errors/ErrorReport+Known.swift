// From each kind of error to its report.

import Connectors
import Flow
import Foundation
import Gateway
import Kafka
import MockVendor
import Pipeline
import Registry
import Workers

extension ErrorReport {
    /// Nil for an end that needs no words: nobody reads the output any more, or somebody cancelled the command.
    init?(_ error: any Error) {
        switch error {
        case is Terminal.OutputClosed, is CancellationError: return nil
        case let error as CommandError:
            self.init(
                code: error.code, what: error.what, place: error.place, remedy: error.remedy,
                details: error.details)
        case let error as KafkaError: self.init(error)
        case let error as SendError: self.init(code: .failed, what: "not everything was sent: \(error)")
        case let error as RegistryError: self.init(error)
        case let error as Diagnostics:
            self.init(
                code: .failed, what: error.items.count.counted("fault"),
                details: error.items.map(\.description))
        case let error as MockVendorError: self.init(error)
        case let error as GatewayError: self.init(error)
        case let error as ConnectorsError: self.init(code: .failed, what: "\(error)")
        case let error as MissingTopics: self.init(code: .failed, what: "\(error)")
        case let error as PartitionReader.Failure: self.init(code: .failed, what: "\(error)")
        case let error as any CustomStringConvertible: self.init(code: .failed, what: "\(error)")
        case let error as any LocalizedError: self.init(code: .failed, what: error.localizedDescription)
        default:
            self.init(
                code: .failed, what: "an unexpected failure (\(type(of: error)))",
                remedy: "run it again with --log-level debug, and report what it says")
        }
    }

    private init(_ error: KafkaError) {
        switch error.kind {
        case .unreachable, .timedOut:
            let servers = error.unanswered.map { " at \($0.servers)" } ?? ""
            self.init(
                code: .failed, what: "Kafka did not answer\(servers)", remedy: Self.reachRemedy,
                details: ["\(error.what) failed: \(error.unanswered?.reason ?? error.reason)"] + Self.trouble)
        case .invalidConfiguration:
            self.init(
                code: .wrongUse, what: "the Kafka settings can't be used",
                remedy: "correct it, and run it again",
                details: [error.reason])
        case .fenced:
            self.init(
                code: .failed,
                what:
                    "this process's place is another's: one of the same name runs, or it stood still for too long",
                remedy:
                    "start it again; if two run under one name, give each an --instance of its own; nothing is lost, and what this one had "
                    + "not committed is done by the other",
                details: ["\(error)"])
        case .unknownTopic:
            self.init(
                code: .failed, what: "a topic is missing: \(error.what)", remedy: "run: sluice topics create",
                details: [error.reason])
        default:
            self.init(code: .failed, what: "\(error)")
        }
    }

    private init(_ error: RegistryError) {
        switch error {
        case .topicMissing(let topic):
            self.init(
                code: .failed, what: "the registry's topic \(topic) doesn't exist",
                remedy: "run: sluice topics create")
        case .unreachable(let servers, let reason):
            self.init(
                code: .failed, what: "Kafka did not answer at \(servers)", remedy: Self.reachRemedy,
                details: [reason] + Self.trouble)
        case .notReady:
            self.init(
                code: .failed, what: "\(error)",
                remedy:
                    "check that its partition has a leader (kafka-topics.sh --describe) and that this machine reaches "
                    + "that broker; then run it again",
                details: Self.trouble)
        case .invalidKeys: self.init(code: .wrongUse, what: "\(error)", remedy: SecretKeys.remedy)
        default: self.init(code: .failed, what: "\(error)")
        }
    }

    private init(_ error: MockVendorError) {
        switch error {
        case .badSetting: self.init(code: .wrongUse, what: "\(error)")
        case .cannotListen(let host, let port, let reason):
            self.init(
                code: .failed, what: "the mock vendor can't listen on \(host):\(port)",
                remedy: "choose another --port (0 = any free one), or stop what listens there",
                details: [Self.systemReason(reason)])
        default: self.init(code: .failed, what: "\(error)")
        }
    }

    private init(_ error: GatewayError) {
        switch error {
        case .cannotListen(let host, let port, let reason):
            self.init(
                code: .failed, what: "the gateway can't listen on \(host):\(port)",
                remedy:
                    "choose another gateway.host or gateway.port (dev: --port), or stop what listens there",
                details: [Self.systemReason(reason)])
        default: self.init(code: .failed, what: "\(error)")
        }
    }

    /// `Address already in use` of `bind(descriptor:ptr:bytes:): Address already in use) (errno: 98)`, as NIO puts it.
    static func systemReason(_ text: String) -> String {
        guard let end = text.range(of: ") (errno:"), let start = text.range(of: "): ") else { return text }
        return start.upperBound < end.lowerBound ? String(text[start.upperBound..<end.lowerBound]) : text
    }

    private static var trouble: [String] { CommandLog.lastTrouble.text.map { [$0] } ?? [] }

    private static let reachRemedy =
        "check that a broker runs there and that this machine reaches it; --bootstrap-servers names another"
}
