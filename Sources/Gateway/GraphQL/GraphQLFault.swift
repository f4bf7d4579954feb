import Flow
import Liquid

/// A place in a document, counted from 1; columns in Unicode scalars.
struct GraphQLPlace: Hashable, Sendable {
    let line: Int
    let column: Int

    var json: JSON { ["line": .integer(Int64(line)), "column": .integer(Int64(column))] }
}

/// Why a document can't be carried out: one member of an answer's `errors`.
///
/// Codes, and the form of the message of a syntax error, are Shopify's, as third parties captured them:
/// github.com/airhorns/shopify-draft-proxy, fixtures/conformance (read 2026-11).
struct GraphQLFault: Error, Hashable, Sendable, CustomStringConvertible {
    enum Code: String, Sendable {
        case syntax = "PARSE_ERROR"
        case undefinedField
        case selectionMismatch
        case argumentNotAccepted
        case argumentLiteralsIncompatible
        case variableNotDefined
        case variableMismatch
        case invalidVariable = "INVALID_VARIABLE"
        case unsupported = "NOT_SUPPORTED"
    }

    let code: Code
    let message: String
    /// Nil where it is about no place of the document.
    let place: GraphQLPlace?

    init(_ code: Code, _ message: String, at place: GraphQLPlace? = nil) {
        self.code = code
        self.message = message
        self.place = place
    }

    static func syntax(_ message: String, at place: GraphQLPlace) -> GraphQLFault {
        GraphQLFault(
            .syntax, "syntax error, \(message) at [\(place.line), \(place.column)]", at: place)
    }

    var description: String { message }

    /// `{message, locations, extensions: {code}}`
    var json: JSON {
        .compact([
            "message": .string(message), "locations": place.map { .array([$0.json]) },
            "extensions": ["code": .string(code.rawValue)],
        ])
    }
}
