import Foundation
import Pipeline
import TestSupport
import Testing

@testable import sluice

/// The file that tells what was done to workers: read strictly, and never at the price of what was found.
@Suite struct DisturbanceFileTests {
    private static let good =
        #"{"kind": "kill", "time_ms": 1764100000000, "until_ms": 1764100002000, "process": "s", "role": "sender", "open": 64}"#
    private static let first = Disturbance(
        .kill, at: 1_764_100_000_000, until: 1_764_100_002_000, process: "s", role: .sender, open: 64)

    private static func read(
        _ lines: String...
    ) throws -> (place: String, disturbances: [Disturbance], fault: CommandError?) {
        let folder = try TemporaryDirectory()
        let path = folder.path(of: "d.jsonl")
        try Data(lines.joined(separator: "\n").utf8).write(to: URL(fileURLWithPath: path))
        let (disturbances, fault) = DisturbanceFile(path: path).read()
        return (path, disturbances, fault)
    }

    @Test func `a file that is not there is refused at once`() throws {
        let folder = try TemporaryDirectory()
        #expect(throws: CommandError.self) { try DisturbanceFile(path: folder.path(of: "d")).check() }
    }

    @Test func `disturbances are read line by line, empty lines left out`() throws {
        let (_, disturbances, fault) = try Self.read(
            Self.good, "", " \r", #"{"kind": "vendor", "time_ms": 1764100000007}"#, "")
        #expect(disturbances == [Self.first, Disturbance(.vendor, at: 1_764_100_000_007, process: "")])
        #expect(fault == nil)
    }

    @Test(arguments: [
        "{", "7", #"{"kind": "kill"}"#, #"{"time_ms": 1764100000000}"#,
        #"{"kind": "x", "time_ms": 1764100000000}"#, #"{"kind": "kill", "time_ms": "1764100000000"}"#,
        #"{"kind": "kill", "time_ms": 1764100000}"#, #"{"kind": "kill", "time_ms": 9223372036854775807}"#,
        #"{"kind": "kill", "time_ms": 1764100000000, "until_ms": 9223372036854775807}"#,
        #"{"kind": "kill", "time_ms": 1764100000000, "until_ms": 1764100000000.5}"#,
        #"{"kind": "kill", "time_ms": 1764100002000, "until_ms": 1764100000000}"#,
        #"{"kind": "kill", "time_ms": 1764100000000, "open": "64"}"#,
        #"{"kind": "kill", "time_ms": 1764100000000, "open": -1}"#,
        #"{"kind": "kill", "time_ms": 1764100000000, "open": 9223372036854775807}"#,
        #"{"kind": "kill", "time_ms": 1764100000000, "untill_ms": 1764100000001}"#,
        #"{"kind": "kill", "time_ms": 1764100000000, "role": "broker"}"#,
        #"{"kind": "kill", "time_ms": 1764100000000, "process": 7}"#,
    ])
    func `a line that is wrong is told with its place, and those before it count`(line: String) throws {
        let (path, disturbances, fault) = try Self.read(Self.good, "", line)
        #expect(disturbances == [Self.first])
        #expect(fault?.place == "\(path):3")
    }
}
