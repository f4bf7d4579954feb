import Flow
import Liquid
import Testing

@testable import Gateway

@Suite struct GraphQLParserTests {
    /// The value of the only argument of the only field.
    private static func value(_ literal: String) throws -> JSON? {
        let document = try GraphQLParser.parse("{ f(a: \(literal)) }")
        let argument = try #require(document.operations.first?.selections.first?.arguments.first)
        return try argument.value.json(try GraphQLVariables([], given: [:]))
    }

    @Test(
        arguments: [
            ("0", 0), ("-0", 0), ("42", 42), ("-7", -7), ("9223372036854775807", .integer(.max)),
            ("9223372036854775808", .decimal(9_223_372_036_854_775_808)), ("1.5", 1.5), ("-0.25", -0.25),
            ("1e3", 1000.0), ("1.5E-2", 0.015), ("2e+1", 20.0), ("true", true), ("false", false),
            ("null", nil),
            (#""""#, ""), (#""tea""#, "tea"),
            (#""a \"b\" \\ \/ \b\f\n\r\t""#, "a \"b\" \\ / \u{8}\u{c}\n\r\t"),
            (#""Caf\u00E9 \ud83c\udf75 🍵""#, "Café 🍵 🍵"), (#""a # b, {c}""#, "a # b, {c}"),
            ("[]", []), ("[1 2,3]", [1, 2, 3]), ("[[1], [null]]", [[1], [nil]]), ("{}", [:]),
            ("{a: 1, _b2: {c: \"d\"} true: false}", ["a": 1, "_b2": ["c": "d"], "true": false]),
        ] as [(String, JSON)])
    func `literals are read`(literal: String, value: JSON) throws {
        #expect(try Self.value(literal) == value)
    }

    /// An app that is written so, in public: one quote around a JSON text of several lines.
    @Test func `a string of one quote may go on in the next line`() throws {
        #expect(try Self.value("\"{\n  \\\"a\\\": 1\r\n}\"") == "{\n  \"a\": 1\r\n}")
    }

    @Test(arguments: [
        ("\"\"\"\"\"\"", ""), ("\"\"\"one\"\"\"", "one"), ("\"\"\"a \"b\" \"\" c\"\"\"", "a \"b\" \"\" c"),
        ("\"\"\"\n\n    one\n      two\n\n    three\n  \n\"\"\"", "one\n  two\n\nthree"),
        ("\"\"\"first\r\n    second\r    third\"\"\"", "first\nsecond\nthird"),
        ("\"\"\"a \\\"\"\" b \\n\"\"\"", "a \"\"\" b \\n"),
        ("\"\"\"   \n\t\n\"\"\"", ""), ("\"\"\"\n  a\n b\"\"\"", " a\nb"),
        ("\"\"\"  x\n\n  y\n\"\"\"", "  x\n\ny"),
    ])
    func `block strings lose their indentation and blank ends`(literal: String, text: String) throws {
        #expect(try Self.value(literal) == .string(text))
    }

    @Test func `a document is read with its names, aliases, arguments and variables`() throws {
        let document = try GraphQLParser.parse(
            """
            \u{FEFF}#graphql
            mutation Send($handle: String!, $list: [[Int!]] = [[1]],,, $p: JSON) { # comment
              first: flowTriggerReceive(handle: $handle payload: {id: $list}) {
                userErrors { field, message }
              }
              __typename
            }
            query { shop { name } }
            """)
        #expect(document.operations.map(\.name) == ["Send", nil])
        #expect(document.operations.map(\.kind) == [.mutation, .query])
        let mutation = document.operations[0]
        #expect(mutation.place == GraphQLPlace(line: 2, column: 1))
        #expect(mutation.variables.map(\.name) == ["handle", "list", "p"])
        #expect(mutation.variables.map(\.type.description) == ["String!", "[[Int!]]", "JSON"])
        #expect(mutation.variables.map { $0.defaultValue != nil } == [false, true, false])
        #expect(mutation.selections.map(\.key) == ["first", "__typename"])
        let field = mutation.selections[0]
        #expect(field.name == "flowTriggerReceive")
        #expect(field.place == GraphQLPlace(line: 3, column: 3))
        #expect(field.arguments.map(\.name) == ["handle", "payload"])
        #expect(field.arguments[0].value.kind == .variable("handle"))
        #expect(field.selections?.first?.selections?.map(\.name) == ["field", "message"])
        #expect(mutation.selections[1].selections == nil)
    }

    @Test(arguments: [
        ("", 1, 1, "unexpected end of file, expecting query, mutation or “{”"),
        ("# nothing", 1, 10, "unexpected end of file"),
        ("{", 1, 2, "unexpected end of file, expecting a field"),
        ("{ }", 1, 3, "unexpected “}”, expecting a field"), ("{ a", 1, 4, "unexpected end of file"),
        ("{\n  shop {\n    id\n", 4, 1, "unexpected end of file"), ("{ a } }", 1, 7, "unexpected “}”"),
        ("{ a() }", 1, 5, "unexpected “)”, expecting an argument"), ("{ a(b) }", 1, 6, "expecting “:”"),
        ("{ a(b: ) }", 1, 8, "expecting a value"), ("{ a: }", 1, 6, "expecting a field"),
        ("{ a(b: 01) }", 1, 10, "a number begins with 0"), ("{ a(b: 1x) }", 1, 9, "a number goes on"),
        ("{ a(b: 1.) }", 1, 10, "a number lacks a digit"), ("{ a(b: -) }", 1, 9, "a number lacks a digit"),
        ("{ a(b: 1e999) }", 1, 8, "a number out of range"), ("{ a(b: 1.2.3) }", 1, 11, "a number goes on"),
        ("{ a(b: \"x) }", 1, 8, "a string without a closing quote"),
        ("{\r\n a(b: \"\"\"x) }", 2, 7, "a block string without closing quotes"),
        (#"{ é: a(b: "\x") }"#, 1, 3, "unexpected character “é”"),
        (#"{ a(b: "é🍵\x") }"#, 1, 11, "an unknown escape"),
        (#"{ a(b: "\u12G4") }"#, 1, 9, "four hexadecimal digits"),
        (#"{ a(b: "\ud83c") }"#, 1, 9, "half of a surrogate pair"),
        (#"{ a(b: "\ud83cA") }"#, 1, 9, "half of a surrogate pair"),
        (#"{ a(b: "\ud83c\ud83c") }"#, 1, 9, "half of a surrogate pair"),
        (#"{ a(b: "\ud83c\u0041") }"#, 1, 9, "half of a surrogate pair"),
        (#"{ a(b: "\udf75\ud83c") }"#, 1, 9, "half of a surrogate pair"),
        ("{ a(b: \"\u{1}\") }", 1, 9, "a control character"), ("{ a ; }", 1, 5, "unexpected character “;”"),
        ("{ a .. }", 1, 5, "unexpected character “.”"), ("subscribe { a }", 1, 1, "unexpected “subscribe”"),
        ("type T { a: Int }", 1, 1, "unexpected “type”"), ("mutation M($a) { a }", 1, 14, "expecting “:”"),
        ("mutation M(a: Int) { a }", 1, 12, "expecting “$”"),
        ("mutation M($a: Int = $b) { a }", 1, 22, "expecting a value"),
        ("mutation M($a: [Int) { a }", 1, 20, "expecting “]”"),
        (#"{ a(b: {"c": 1}) }"#, 1, 9, "expecting a member's name, without quotes"),
        ("# é🍵\n{ \"x\" }", 2, 3, "unexpected a string"),
    ])
    func `a broken document is refused where it breaks`(
        document: String, line: Int, column: Int, text: String
    ) throws {
        let fault = try #require(throws: GraphQLFault.self) { try GraphQLParser.parse(document) }
        #expect(fault.code == .syntax)
        #expect(fault.place == GraphQLPlace(line: line, column: column))
        #expect(fault.message.contains(text), "\(fault.message)")
        #expect(fault.message.hasSuffix(" at [\(line), \(column)]"))
    }

    @Test(arguments: [
        ("fragment F on T { a }", 1, "Fragments"), ("{ ...F }", 3, "Fragments"),
        ("{ ... on T { a } }", 3, "Fragments"), ("{ a @include(if: true) }", 5, "Directives"),
        ("mutation M @x { a }", 12, "Directives"), ("mutation M($a: Int @x) { a }", 20, "Directives"),
        ("{ a(b: 1, b: 2) }", 11, "two arguments b"), ("{ a(b: {c: 1, c: 2}) }", 15, "two members c"),
        ("query A { a } query A { a }", 15, "two operations named \"A\""),
        ("mutation M($a: Int, $a: Int) { a }", 21, "two variables $a"),
    ])
    func `what is not supported is named`(document: String, column: Int, text: String) throws {
        let fault = try #require(throws: GraphQLFault.self) { try GraphQLParser.parse(document) }
        #expect(fault.code == .unsupported)
        #expect(fault.place == GraphQLPlace(line: 1, column: column))
        #expect(fault.message.contains(text), "\(fault.message)")
    }

    @Test(arguments: [
        (
            "{ a(b: " + String(repeating: "[", count: 49) + String(repeating: "]", count: 49) + ") }",
            "48 deep"
        ),
        (String(repeating: "{ a ", count: 9) + String(repeating: "}", count: 9), "8 deep"),
        ("{" + String(repeating: " a", count: 201) + "}", "200 fields"),
        ("{ a(b: [" + String(repeating: "1 ", count: 100_000) + "]) }", "100000 tokens"),
        ("mutation M($a: " + String(repeating: "[", count: 9) + "Int", "8 lists"),
        (String(repeating: "[{(", count: 100_000), "unexpected “[”"),
    ])
    func `what goes on for ever is refused`(document: String, text: String) throws {
        let fault = try #require(throws: GraphQLFault.self) { try GraphQLParser.parse(document) }
        #expect(fault.message.contains(text), "\(fault.message)")
    }

    @Test func `up to the limits all is read`() throws {
        let deep = String(repeating: "[", count: 48) + String(repeating: "]", count: 48)
        _ = try GraphQLParser.parse("{ a(b: \(deep)) }")
        _ = try GraphQLParser.parse("{" + String(repeating: " a", count: 200) + "}")
        _ = try GraphQLParser.parse("{ a(b: [" + String(repeating: "1 ", count: 90_000) + "]) }")
    }

    @Test func `the operation is the named one, or the only one`() throws {
        let two = try GraphQLParser.parse("query A { a } mutation B { b }")
        #expect(try two.operation(named: "B").kind == .mutation)
        let missing = try #require(throws: GraphQLFault.self) { try two.operation(named: "C") }
        #expect(missing.message == "No operation named \"C\"")
        for name in [nil, ""] {
            let unnamed = try #require(throws: GraphQLFault.self) { try two.operation(named: name) }
            #expect(unnamed.message.contains("An operation name is required"))
        }
        let one = try GraphQLParser.parse("mutation B { b }")
        #expect(try one.operation(named: nil).name == "B")
        #expect(throws: GraphQLFault.self) { try one.operation(named: "A") }
    }
}
