import Flow

/// Reads documents of operations: GraphQL's specification of October 2021, section 2, without fragments, directives and
/// type systems, which are refused by name.
///
/// Whoever sends a document has shown a token, but no more: tokens, fields and depth are limited, and the time it takes
/// grows with the length of the text alone.
struct GraphQLParser {
    static let tokenLimit = 100_000
    /// Fields of a document: an answer repeats its texts once for each that asks for them.
    static let fieldLimit = 200
    /// Selections within each other.
    static let selectionDepth = 8
    /// Lists and objects within each other.
    static let valueDepth = TriggerEvent.payloadDepth
    /// Lists of a type within each other.
    static let typeDepth = 8

    private var lexer: GraphQLLexer
    /// The one that comes next.
    private(set) var token: GraphQLToken
    private var tokenCount = 1
    private var fieldCount = 0

    private init(_ text: String) throws(GraphQLFault) {
        lexer = GraphQLLexer(text)
        token = try lexer.next()
    }

    static func parse(_ text: String) throws(GraphQLFault) -> GraphQLDocument {
        var parser = try GraphQLParser(text)
        return try parser.document()
    }

    // MARK: Tokens

    mutating func advance() throws(GraphQLFault) {
        tokenCount += 1
        guard tokenCount <= Self.tokenLimit else {
            throw GraphQLFault(
                .unsupported,
                "The document has more than \(Self.tokenLimit) tokens; send values as variables",
                at: token.place)
        }
        token = try lexer.next()
    }

    /// Takes a punctuator, where it comes next.
    mutating func take(_ byte: Unicode.Scalar) throws(GraphQLFault) -> Bool {
        guard token.kind == .punctuator(UInt8(ascii: byte)) else { return false }
        try advance()
        return true
    }

    mutating func expect(_ byte: Unicode.Scalar) throws(GraphQLFault) {
        guard try take(byte) else { throw unexpected("“\(byte)”") }
    }

    mutating func name(_ what: String) throws(GraphQLFault) -> String {
        guard case .name(let name) = token.kind else { throw unexpected(what) }
        try advance()
        return name
    }

    func unexpected(_ wanted: String) -> GraphQLFault {
        .syntax("unexpected \(token.description), expecting \(wanted)", at: token.place)
    }

    private func refuseDirectives() throws(GraphQLFault) {
        guard token.kind == .punctuator(UInt8(ascii: "@")) else { return }
        throw GraphQLFault(
            .unsupported, "Directives such as @include and @skip are not supported here", at: token.place)
    }

    // MARK: Operations

    private mutating func document() throws(GraphQLFault) -> GraphQLDocument {
        var operations: [GraphQLDocument.Operation] = []
        var names: Set<String> = []
        repeat {
            let operation = try operation()
            if let name = operation.name, !names.insert(name).inserted {
                throw GraphQLFault(
                    .unsupported, "The document has two operations named \"\(name)\"", at: operation.place)
            }
            operations.append(operation)
        } while token.kind != .end
        return GraphQLDocument(operations: operations)
    }

    private mutating func operation() throws(GraphQLFault) -> GraphQLDocument.Operation {
        let place = token.place
        var kind = GraphQLDocument.Operation.Kind.query
        var name: String?
        var variables: [GraphQLDocument.Variable] = []
        if case .name(let word) = token.kind {
            guard let known = GraphQLDocument.Operation.Kind(rawValue: word) else {
                if word == "fragment" { throw fragments() }
                throw unexpected("query, mutation or “{”")
            }
            kind = known
            try advance()
            if case .name = token.kind { name = try self.name("a name") }
            if try take("(") { variables = try self.variables() }
            try refuseDirectives()
        } else if token.kind != .punctuator(UInt8(ascii: "{")) {
            throw unexpected("query, mutation or “{”")
        }
        return GraphQLDocument.Operation(
            kind: kind, name: name, variables: variables, selections: try selections(depth: 0), place: place)
    }

    private func fragments() -> GraphQLFault {
        GraphQLFault(
            .unsupported, "Fragments are not supported here; write their fields out", at: token.place)
    }

    private mutating func variables() throws(GraphQLFault) -> [GraphQLDocument.Variable] {
        var variables: [GraphQLDocument.Variable] = []
        var names: Set<String> = []
        repeat {
            let place = token.place
            try expect("$")
            let name = try name("a variable's name")
            guard names.insert(name).inserted else {
                throw GraphQLFault(.unsupported, "There are two variables $\(name)", at: place)
            }
            try expect(":")
            let type = try type(depth: 0)
            let value = try take("=") ? self.value(isConstant: true, depth: 0) : nil
            try refuseDirectives()
            variables.append(
                GraphQLDocument.Variable(name: name, type: type, defaultValue: value, place: place))
        } while try !take(")")
        return variables
    }

    private mutating func type(depth: Int) throws(GraphQLFault) -> TypeExpression {
        guard depth < Self.typeDepth else {
            throw .syntax("a type of more than \(Self.typeDepth) lists within each other", at: token.place)
        }
        let type: TypeExpression
        if try take("[") {
            type = .list(try self.type(depth: depth + 1))
            try expect("]")
        } else {
            type = .named(try name("a type"))
        }
        return try take("!") ? TypeExpression.nonNull(type) : type
    }

    // MARK: Selections

    private mutating func selections(depth: Int) throws(GraphQLFault) -> [GraphQLDocument.Field] {
        guard depth < Self.selectionDepth else {
            throw GraphQLFault(
                .unsupported, "Fields stand more than \(Self.selectionDepth) deep within each other",
                at: token.place)
        }
        try expect("{")
        var fields: [GraphQLDocument.Field] = []
        repeat { fields.append(try field(depth: depth)) } while try !take("}")
        return fields
    }

    private mutating func field(depth: Int) throws(GraphQLFault) -> GraphQLDocument.Field {
        if token.kind == .spread { throw fragments() }
        let place = token.place
        fieldCount += 1
        guard fieldCount <= Self.fieldLimit else {
            throw GraphQLFault(
                .unsupported, "The document has more than \(Self.fieldLimit) fields", at: place)
        }
        var name = try name("a field")
        var alias: String?
        if try take(":") {
            alias = name
            name = try self.name("a field")
        }
        let arguments = try take("(") ? self.arguments() : []
        try refuseDirectives()
        let hasBraces = token.kind == .punctuator(UInt8(ascii: "{"))
        let selections = try hasBraces ? selections(depth: depth + 1) : nil
        return GraphQLDocument.Field(
            alias: alias, name: name, arguments: arguments, selections: selections, place: place)
    }

    private mutating func arguments() throws(GraphQLFault) -> [GraphQLDocument.Argument] {
        var arguments: [GraphQLDocument.Argument] = []
        var names: Set<String> = []
        repeat {
            let place = token.place
            let name = try name("an argument")
            guard names.insert(name).inserted else {
                throw GraphQLFault(.unsupported, "There are two arguments \(name)", at: place)
            }
            try expect(":")
            arguments.append(
                GraphQLDocument.Argument(
                    name: name, value: try value(isConstant: false, depth: 0), place: place))
        } while try !take(")")
        return arguments
    }
}
