import Flow
import Liquid
import TestSupport
import Testing

@Suite struct JSONWriterTests {
    static let written: [(JSON, String)] = [
        (nil, "null"), (true, "true"), (.integer(.min), "-9223372036854775808"), (.decimal(1), "1.0"),
        (.decimal(.infinity), "null"), (.decimal(.nan), "null"),
        ("a\"\\/\n\r\t\u{0}\u{1F}\u{7F}é", "\"a\\\"\\\\/\\n\\r\\t\\u0000\\u001f\u{7F}é\""),
        ("a\r\nb", #""a\r\nb""#),
        (["b": 1, "a": [], "c": [:]], #"{"a":[],"b":1,"c":{}}"#),
    ]

    @Test(arguments: written) func `writes compact JSON with sorted keys`(value: JSON, text: String) {
        #expect(value.jsonText == text)
    }

    @Test func `what was written is read back as the same value, and written again as the same bytes`() throws
    {
        try withSeed(runs: 10_000) { random in
            let value = RandomJSON.value(depth: 4, using: &random)
            let bytes = value.jsonBytes
            let again = try JSONParser.parse(bytes)
            try #require(again == value)
            try #require(again.jsonBytes == bytes)
        }
    }
}

/// Random values with the numbers and texts that are likely to go wrong.
enum RandomJSON {
    static func value(depth: Int, using random: inout some RandomNumberGenerator) -> JSON {
        switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
        case 0: .null
        case 1: .bool(.random(using: &random))
        case 2: .integer(integer(using: &random))
        case 3: .decimal(decimal(using: &random))
        case 4, 5: .string(text(using: &random))
        case 6, 7: .array(items(depth: depth - 1, using: &random))
        default: .object(members(depth: depth - 1, using: &random))
        }
    }

    private static func items(depth: Int, using random: inout some RandomNumberGenerator) -> [JSON] {
        var items: [JSON] = []
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            items.append(value(depth: depth, using: &random))
        }
        return items
    }

    private static func members(depth: Int, using random: inout some RandomNumberGenerator) -> [String: JSON]
    {
        var members: [String: JSON] = [:]
        for _ in 0..<Int.random(in: 0...4, using: &random) {
            members[text(using: &random)] = value(depth: depth, using: &random)
        }
        return members
    }

    private static func integer(using random: inout some RandomNumberGenerator) -> Int64 {
        Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0...63, using: &random)
    }

    private static func decimal(using random: inout some RandomNumberGenerator) -> Double {
        let number = Double(bitPattern: .random(in: .min ... .max, using: &random))
        return number.isFinite
            ? number : [0, -0.0, 1, 1e16, .leastNonzeroMagnitude, 1.5].randomElement(using: &random) ?? 0
    }

    static func text(using random: inout some RandomNumberGenerator) -> String {
        var text = ""
        for _ in 0..<Int.random(in: 0...8, using: &random) {
            let limit: UInt32 = [0x20, 0x80, 0x800, 0x11_0000].randomElement(using: &random) ?? 0x80
            guard let scalar = Unicode.Scalar(UInt32.random(in: 0..<limit, using: &random)) else { continue }
            text.unicodeScalars.append(scalar)
        }
        return text
    }
}
