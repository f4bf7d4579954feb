import Flow
import Liquid
import TestSupport
import Testing

/// Whatever the bytes are: a value that survives the round trip, or an error within the document; never a crash.
@Suite struct JSONFuzzTests {
    private static let seeds = [
        #"{"order_id":1234567890123,"note":"a \"quoted\" caf\u00e9 \ud83c\udf75","tags":["x",null,true]}"#,
        #"[[[[{"a":[{}]}]]], -0.5e-7, 1e10, "\\\/\b\f\n\r\t"]"#,
        "  {\"customer_id\" : 1 , \"total\": 10.50,\n\"empty\": {} , \"list\":[ ]}\t",
    ]

    private static let pieces = [
        "\"", "\\", "\\u", "{", "}", "[", "]", ",", ":", "e", "-", "0", "\\ud83c", " ",
    ]

    @Test func `20,000 broken documents are read or refused`() throws {
        var accepted = 0
        try withSeed(runs: 20_000) { random in
            var bytes = Array((Self.seeds.randomElement(using: &random) ?? "").utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&bytes, using: &random) }
            let value: JSON
            do throws(JSONError) {
                value = try JSONParser.parse(bytes)
            } catch {
                try #require((0...bytes.count).contains(error.offset), "\(error)")
                return
            }
            accepted += 1
            try #require(try JSONParser.parse(value.jsonBytes) == value)
        }
        // Without any, the mutations would be too coarse to test what follows an accepted one.
        #expect(accepted > 0)
    }

    private func mutate(_ bytes: inout [UInt8], using random: inout SplitMix64) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        let end = min(bytes.count, place + Int.random(in: 1...6, using: &random))
        switch Int.random(in: 0...5, using: &random) {
        case 0: bytes.removeSubrange(place..<end)
        case 1: bytes.removeSubrange(place...)
        case 2: bytes.insert(contentsOf: (Self.pieces.randomElement(using: &random) ?? "").utf8, at: place)
        case 3: bytes.insert(.random(in: 0...255, using: &random), at: place)
        case 4:
            bytes.insert(contentsOf: bytes[place..<end], at: Int.random(in: 0...bytes.count, using: &random))
        default: if place < bytes.count { bytes[place] ^= 1 << UInt8.random(in: 0...7, using: &random) }
        }
    }
}
