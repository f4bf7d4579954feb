// The check of order per key: it must find a follower that was sent too early, and nothing else.

import Flow
import Liquid
import MockVendor
import Testing

@Suite(.timeLimit(.minutes(1))) struct DeliveryOrderTests {
    /// Sends `key:place` runs in order, and returns the inversions found in them.
    private func inversions(_ arrivals: [String], script: String = "default: [ok]") async throws
        -> [DeliveryInversion]
    {
        try await withVendor(script) { (vendor, client) async throws in
            for arrival in arrivals {
                let parts = arrival.split(separator: ":").map(String.init)
                _ = try await client.run(
                    arrival, action: "slack/\(parts[0])",
                    properties: ["key": .string(parts[0]), "place": .integer(Int64(parts[1]) ?? 0)])
            }
            return vendor.log.inversions { entry in
                guard let key = entry.properties["key"]?.stringValue,
                    let place = entry.properties["place"]?.integerValue
                else { return nil }
                return DeliveryPlace(key: key, place: Int(place))
            }
        }
    }

    @Test func `keys in order, mixed with each other and with repeats, have no inversions`() async throws {
        #expect(try await inversions(["a:1", "b:1", "a:2", "a:1", "b:2", "a:3", "a:2"]).isEmpty)
    }

    @Test func `a follower that arrives first is found`() async throws {
        let found = try await inversions(["a:2", "b:1", "a:1", "a:3"])
        #expect(found.map(\.key) == ["a"])
        #expect(found.map(\.follower) == [.init(place: 2, sequence: 1)])
        #expect(found.map(\.head) == [.init(place: 1, sequence: 3)])
    }

    @Test func `a follower that is sent while its head waits for a retry is found, even if it fails`()
        async throws
    {
        let script =
            "rules: [{ action: slack/a, answers: [503, ok] }, { action: slack/b, answers: [503, ok] }]"
        #expect(try await inversions(["a:1", "b:1", "a:1", "b:1", "a:2", "b:2"], script: script).isEmpty)
        let found = try await inversions(["a:1", "a:2", "a:1", "a:2"], script: script)
        #expect(found.map(\.follower) == [.init(place: 2, sequence: 2)])
        #expect(
            found.map(\.description) == [
                "key a: place 2 arrived as request 2, before place 1 was done by request 3"
            ])
    }

    @Test func `a head that is rejected holds nobody up`() async throws {
        #expect(try await inversions(["a:1", "a:2"], script: "default: [404]").isEmpty)
    }
}
