import Flow
import Liquid

extension GraphQLParser {
    /// - Parameter isConstant: whether variables may not stand in it.
    mutating func value(isConstant: Bool, depth: Int) throws(GraphQLFault) -> GraphQLValue {
        let place = token.place
        let kind: GraphQLValue.Kind
        switch token.kind {
        case .punctuator(UInt8(ascii: "$")) where !isConstant:
            try advance()
            return GraphQLValue(kind: .variable(try name("a variable's name")), place: place)
        case .punctuator(UInt8(ascii: "[")):
            return GraphQLValue(kind: .list(try list(isConstant: isConstant, depth: depth)), place: place)
        case .punctuator(UInt8(ascii: "{")):
            return GraphQLValue(kind: .object(try object(isConstant: isConstant, depth: depth)), place: place)
        case .integer(let text), .float(let text): kind = .scalar(try number(text))
        case .string(let text): kind = .scalar(.string(text))
        case .name("true"): kind = .scalar(.bool(true))
        case .name("false"): kind = .scalar(.bool(false))
        case .name("null"): kind = .scalar(.null)
        case .name(let name): kind = .enumeration(name)
        default: throw unexpected("a value")
        }
        try advance()
        return GraphQLValue(kind: kind, place: place)
    }

    /// As JSON's are read: whole numbers that fit are integers, the others decimals.
    private func number(_ text: String) throws(GraphQLFault) -> JSON {
        if case .integer = token.kind, let integer = Int64(text) { return .integer(integer) }
        guard let decimal = Double(text), decimal.isFinite else {
            throw .syntax("a number out of range", at: token.place)
        }
        return .decimal(decimal)
    }

    private func check(_ depth: Int) throws(GraphQLFault) {
        guard depth < Self.valueDepth else {
            throw GraphQLFault(
                .unsupported, "Values stand more than \(Self.valueDepth) deep within each other",
                at: token.place)
        }
    }

    private mutating func list(isConstant: Bool, depth: Int) throws(GraphQLFault) -> [GraphQLValue] {
        try check(depth)
        try expect("[")
        var items: [GraphQLValue] = []
        while try !take("]") { items.append(try value(isConstant: isConstant, depth: depth + 1)) }
        return items
    }

    private mutating func object(isConstant: Bool, depth: Int) throws(GraphQLFault) -> [GraphQLValue.Member] {
        try check(depth)
        try expect("{")
        var members: [GraphQLValue.Member] = []
        var names: Set<String> = []
        while try !take("}") {
            let place = token.place
            let name = try name("a member's name, without quotes")
            guard names.insert(name).inserted else {
                throw GraphQLFault(.unsupported, "There are two members \(name)", at: place)
            }
            try expect(":")
            members.append(
                GraphQLValue.Member(name: name, value: try value(isConstant: isConstant, depth: depth + 1)))
        }
        return members
    }
}
