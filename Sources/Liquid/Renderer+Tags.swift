/// Rendering of `if`, `unless` and `for`.
extension Renderer {
    mutating func render(_ branches: [Node.Branch], otherwise: [Node]) throws(Fault) {
        for branch in branches where try holds(branch.condition) {
            return try render(branch.body)
        }
        try render(otherwise)
    }

    /// From left to right: an untrue comparison before `and`, or a true one before `or`, decides it all.
    private mutating func holds(_ condition: Condition) throws(Fault) -> Bool {
        var result = false
        for comparison in condition.comparisons {
            place = comparison.location
            try charge(8)
            result = try holds(comparison)
            if comparison.joiner == .and, !result { break }
            if comparison.joiner == .or, result { break }
        }
        return result != condition.isNegated
    }

    private mutating func holds(_ comparison: Condition.Comparison) throws(Fault) -> Bool {
        guard let relation = comparison.relation else { return try value(comparison.left).isTruthy }
        if relation == .equal || relation == .unequal {
            return try areEqual(comparison.left, comparison.right) == (relation == .equal)
        }
        if comparison.left.isTest || comparison.right.isTest { return false }
        let left = try chargedValue(comparison.left)
        let right = try chargedValue(comparison.right)
        place = comparison.location
        switch relation {
        case .less: return try left.precedes(right) ?? false
        case .greater: return try right.precedes(left) ?? false
        case .atMost: return try right.precedes(left).map { !$0 } ?? false
        case .atLeast: return try left.precedes(right).map { !$0 } ?? false
        case .contains: return try left.contains(right)
        case .equal, .unequal: return false
        }
    }

    private mutating func areEqual(_ left: Operand, _ right: Operand) throws(Fault) -> Bool {
        switch (left, right) {
        case (.empty, .empty), (.blank, .blank): return true
        case (.empty, .blank), (.blank, .empty): return false
        case (.empty, let other), (let other, .empty): return try value(other).isEmpty
        case (.blank, let other), (let other, .blank): return try chargedValue(other).isBlank
        default: return try chargedValue(left).equals(chargedValue(right))
        }
    }

    mutating func render(_ loop: Loop) throws(Fault) {
        place = loop.location
        let collection = try value(loop.collection)
        let items = try items(of: collection)
        var part = items[...]
        if case .string = collection {} else { part = try self.part(of: items, for: loop) }
        guard !part.isEmpty else { return try render(loop.otherwise) }
        frames.append(Frame(variable: loop.variable, name: loop.name, length: part.count))
        for index in 0..<part.count {
            place = loop.location
            try countIteration()
            let offset = loop.isReversed ? part.count - 1 - index : index
            frames[frames.count - 1].index = index
            frames[frames.count - 1].item = part[part.startIndex + offset]
            try render(loop.body)
        }
        frames.removeLast()
    }

    /// What a loop goes over: elements, or pairs of key and value in the order of keys; a string is one item.
    private mutating func items(of collection: Value) throws(Fault) -> [Value] {
        switch collection {
        case .array(let elements): return elements
        case .object(let members):
            try charge(members.count * 16)
            return members.sorted { $0.key < $1.key }.map { [.string($0.key), $0.value] }
        case .string(let string): return string.isEmpty ? [] : [collection]
        case .null, .bool, .integer, .decimal: return []
        }
    }

    private mutating func part(of items: [Value], for loop: Loop) throws(Fault) -> ArraySlice<Value> {
        var start = 0
        switch loop.offset {
        case .continue: start = continued[loop.name] ?? 0
        case .at(let operand): start = try count(operand) ?? 0
        case nil: break
        }
        let length = try loop.limit.flatMap { limit throws(Fault) in try count(limit) } ?? items.count
        let part = items.dropFirst(start).prefix(length)
        continued[loop.name] = min(start, items.count) + part.count
        return part
    }

    /// A loop's `limit` or `offset`: nil if it is null, at least 0.
    private mutating func count(_ operand: Operand) throws(Fault) -> Int? {
        let value = try chargedValue(operand)
        return value == .null ? nil : max(0, try value.wholeNumber())
    }

    /// The `forloop` object of a running loop.
    func forloop(at depth: Int) -> Value {
        let frame = frames[depth]
        let rest = frame.length - frame.index
        let entries: [String: Value] = [
            "name": .string(frame.name), "length": .integer(Int64(frame.length)),
            "index": .integer(Int64(frame.index + 1)), "index0": .integer(Int64(frame.index)),
            "rindex": .integer(Int64(rest)), "rindex0": .integer(Int64(rest - 1)),
            "first": .bool(frame.index == 0), "last": .bool(rest == 1),
            "parentloop": depth > 0 ? forloop(at: depth - 1) : .null,
        ]
        return .object(entries)
    }
}

extension Operand {
    /// `empty` and `blank`, which nothing is less or more than.
    fileprivate var isTest: Bool {
        switch self {
        case .empty, .blank: true
        case .literal, .path, .range: false
        }
    }
}
