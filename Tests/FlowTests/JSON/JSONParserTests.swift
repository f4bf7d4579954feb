import Flow
import Liquid
import Testing

/// RFC 8259 as a table: what is taken and as what, what is refused and at which byte.
@Suite struct JSONParserTests {
    static let accepted: [(String, JSON)] = [
        ("null", nil), ("true", true), (" \t\r\n false \t\r\n", false),
        ("0", 0), ("-0", 0), ("42", 42), ("-17", -17),
        ("9223372036854775807", .integer(.max)), ("-9223372036854775808", .integer(.min)),
        ("9223372036854775808", .decimal(0x1p63)),
        ("123456789012345678901234567890", .decimal(0x1.8ee90ff6c373ep+96)),
        ("1.0", .decimal(1)), ("-0.0", .decimal(0)), ("0.1", .decimal(0.1)), ("1e2", .decimal(100)),
        ("1E+2", .decimal(100)), ("25e-1", .decimal(2.5)), ("1e308", .decimal(1e308)),
        ("1e-400", .decimal(0)),
        ("\"\"", ""), ("\"Tea · 茶 🍵\"", "Tea · 茶 🍵"), ("\"\u{7F}\"", "\u{7F}"),
        (#""\"\\\/\b\f\n\r\t""#, "\"\\/\u{8}\u{C}\n\r\t"),
        (#""\u0041\u00e9\u00E9\u2028\u0000""#, "Aéé\u{2028}\u{0}"),
        (#""\ud83c\udf75\uDBFF\uDFFF""#, "🍵\u{10FFFF}"),
        ("[]", []), ("[ ]", []), ("[1 , [ ] ,{}]", [1, [], [:]]),
        ("{}", [:]), ("{ }", [:]), (#"{"a" : 1 ,"b":[true]}"#, ["a": 1, "b": [true]]),
        (#"{"a":1,"b":2,"a":3}"#, ["a": 3, "b": 2]), (#"{"":null}"#, ["": nil]),
    ]

    @Test(arguments: accepted) func `takes what RFC 8259 allows`(text: String, value: JSON) throws {
        #expect(try JSONParser.parse(text) == value)
    }

    static let refused: [(String, Int)] = [
        ("", 0), ("  ", 2), ("nul", 0), ("nulL", 0), ("True", 0), ("undefined", 0), ("NaN", 0),
        ("Infinity", 0),
        ("01", 2), ("-01", 3), ("00", 2), ("-", 1), ("+1", 0), (".5", 0), ("1.", 2), ("1.e1", 2), ("1e", 2),
        ("1e+", 3), ("0x10", 1), ("1_000", 1), ("1e400", 5), ("-1e400", 6), ("--1", 1),
        ("'a'", 0), ("\"a", 2), ("\"a\nb\"", 2), ("\"\u{1}\"", 1), ("\"\u{0}\"", 1), (#""\x41""#, 3),
        (#""\u12""#, 3), (#""\u12G4""#, 5), (#""\u+123""#, 3), (#""\"#, 2), (#""\u"#, 3),
        (#""\ud83c""#, 7), (#""\udf75""#, 7), (#""\ud83cx""#, 7), (#""\ud83c\n""#, 8),
        (#""\ud83c\u0041""#, 13),
        ("[", 1), ("[1", 2), ("[1,", 3), ("[1,]", 3), ("[,1]", 1), ("[1 2]", 3), ("]", 0), ("[1}", 2),
        ("{", 1), (#"{"a"}"#, 4), (#"{"a":}"#, 5), (#"{"a":1,}"#, 7), ("{a:1}", 1), ("{1:1}", 1),
        (#"{"a":1 "b":2}"#, 7), (#"{"a" 1}"#, 5), (#"{"a":1]"#, 6), ("{,}", 1),
        ("1 2", 2), ("{} x", 3), ("[]]", 2), ("null\u{0}", 4), ("// c\n1", 0), ("1 // c", 2),
        ("\u{FEFF}1", 0),
        ("\u{A0}1", 0),
    ]

    @Test(arguments: refused) func `refuses the rest and names the byte`(text: String, offset: Int) {
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(text) }
        #expect(error?.offset == offset, "\(String(describing: error))")
    }

    /// A lone byte, an overlong form, a surrogate, one beyond U+10FFFF, and one that is cut off.
    static let notUTF8: [[UInt8]] = [
        [0xFF], [0x80], [0xC0, 0x80], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], [0xE2, 0x82],
    ]

    @Test(arguments: notUTF8) func `refuses strings that are not UTF-8, with and without an escape`(
        bytes: [UInt8]
    ) {
        let quote = UInt8(ascii: "\"")
        #expect(throws: JSONError.self) { try JSONParser.parse([quote] + bytes + [quote]) }
        #expect(throws: JSONError.self) { try JSONParser.parse(Array("\"\\n".utf8) + bytes + [quote]) }
        #expect(throws: JSONError.self) {
            try JSONParser.parse(Array("{\"".utf8) + bytes + Array("\":1}".utf8))
        }
        #expect(throws: JSONError.self) { try JSONParser.parse(bytes) }
    }

    @Test(arguments: [("[", "]"), (#"{"a":"#, "}")])
    func `takes 64 levels and refuses 65, empty or not`(open: String, close: String) throws {
        func document(_ levels: Int, inside: String) -> String {
            String(repeating: open, count: levels) + inside + String(repeating: close, count: levels)
        }
        #expect(throws: Never.self) { try JSONParser.parse(document(64, inside: "1")) }
        #expect(throws: JSONError.self) { try JSONParser.parse(document(65, inside: "1")) }
        #expect(throws: Never.self) { try JSONParser.parse(document(63, inside: "[]")) }
        #expect(throws: JSONError.self) { try JSONParser.parse(document(64, inside: "[]")) }
        #expect(throws: JSONError.self) { try JSONParser.parse(document(64, inside: "{}")) }
    }

    @Test func `refuses a hundred thousand brackets without running out of stack`() {
        let error = #expect(throws: JSONError.self) {
            try JSONParser.parse(String(repeating: "[", count: 100_000))
        }
        #expect(error?.what == "nested deeper than 64 levels")
    }

    @Test func `an error says what and where`() {
        let error = #expect(throws: JSONError.self) { try JSONParser.parse(#"{"a":tru}"#) }
        #expect(
            error?.description
                == "not JSON at byte 5: unexpected word; only true, false and null stand without quotes")
    }
}
