import Flow
import Liquid
import Testing

@testable import Gateway

@Suite struct GraphQLVariablesTests {
    private static let place = GraphQLPlace(line: 1, column: 1)

    private static func value(_ declaration: String, _ given: JSON? = nil) throws -> JSON? {
        let operation = try GraphQLParser.parse("mutation M($v: \(declaration)) { a }").operation(named: nil)
        let values: [String: JSON] = given.map { ["v": $0] } ?? [:]
        return try GraphQLVariables(operation.variables, given: values).value(of: "v", at: place)
    }

    @Test(
        arguments: [
            ("String", "a", "a"), ("String!", "a", "a"), ("ID!", 77, "77"), ("ID", "x", "x"), ("Int", 5, 5),
            ("Float", 5, 5), ("Float", 1.5, 1.5), ("Boolean!", false, false),
            ("JSON!", ["a": [1]], ["a": [1]]),
            ("JSON", "text", "text"), ("String", nil, nil), ("[String!]", ["a", "b"], ["a", "b"]),
            ("[String]", "a", ["a"]), ("[[Int]]", 5, [[5]]), ("[Int]", [1, nil], [1, nil]),
            ("String = \"d\"", "a", "a"), ("String = \"d\"", nil, nil),
        ] as [(String, JSON, JSON)])
    func `values are of their type`(declaration: String, given: JSON, value: JSON) throws {
        #expect(try Self.value(declaration, given) == value)
    }

    @Test func `without a value the default counts, or none`() throws {
        #expect(try Self.value("String") == nil)
        #expect(try Self.value("String = \"d\"") == "d")
        #expect(try Self.value("JSON! = {a: [1, {b: null}]}") == ["a": [1, ["b": nil]]])
        #expect(try Self.value("[Int] = 3") == [3])
    }

    @Test(
        arguments: [
            ("String!", nil, "Expected value to not be null"), ("String", 5, "Could not coerce an integer"),
            ("Int", 2_147_483_648, "Could not coerce an integer"), ("Int", 1.5, "Could not coerce a number"),
            ("Boolean", "true", "Could not coerce a string"), ("ID", 1.5, "Could not coerce a number"),
            ("[String!]", ["a", nil], "Could not coerce a list"), ("Float", "1", "Could not coerce a string"),
            ("JSON!", nil, "Expected value to not be null"),
        ] as [(String, JSON, String)])
    func `another value is refused, where the variable is declared`(
        declaration: String, given: JSON, why: String
    ) throws {
        let fault = try #require(throws: GraphQLFault.self) { try Self.value(declaration, given) }
        #expect(fault.code == .invalidVariable)
        #expect(fault.message == "Variable $v of type \(declaration) was provided invalid value (\(why))")
        #expect(fault.place == GraphQLPlace(line: 1, column: 12))
    }

    @Test func `a required one must be there, and default values must fit`() throws {
        let missing = try #require(throws: GraphQLFault.self) { try Self.value("JSON!") }
        #expect(missing.message.contains("Expected value to not be null"))
        #expect(throws: GraphQLFault.self) { try Self.value("Int = \"x\"") }
        #expect(throws: GraphQLFault.self) { try Self.value("JSON = {a: RED}") }
        let unknown = try #require(throws: GraphQLFault.self) { try Self.value("ProductInput!", [:]) }
        #expect(unknown.message.hasPrefix("ProductInput isn't a defined input type (on $v)"))
    }

    @Test func `in JSON a variable without a value is left out of objects, and null in lists`() throws {
        let operation = try GraphQLParser.parse("mutation M($v: Int, $w: Int) { a(b: {c: $v, d: [$v, $w]}) }")
            .operation(named: nil)
        let variables = try GraphQLVariables(operation.variables, given: ["w": 2, "x": 9])
        let value = try operation.selections[0].arguments[0].value.json(variables)
        #expect(value == ["d": [nil, 2]])
        let none = try GraphQLVariables([], given: [:])
        let fault = try #require(throws: GraphQLFault.self) {
            try operation.selections[0].arguments[0].value.json(none)
        }
        #expect(fault.message == "Variable $v is used but not declared")
        #expect(fault.place == GraphQLPlace(line: 1, column: 41))
    }
}
