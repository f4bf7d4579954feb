/// One render: walks the nodes, fills one buffer and keeps count of what it costs.
///
/// Inside, everything throws a `Fault`; `place` says where the render is, and the two entries below make a
/// `RenderError` of both.
struct Renderer {
    /// A `for` loop that is running.
    struct Frame {
        var variable: String
        var name: String
        var length: Int
        var index = 0
        var item = Value.null
    }

    private let context: [String: Value]
    var output = BoundedText()
    var assigned: [String: Value] = [:]
    var frames: [Frame] = []
    /// By a loop's name, where it ended: for `offset: continue`.
    var continued: [String: Int] = [:]
    var place = Location()
    private var iterations = 0
    private(set) var work = 0

    init(_ context: [String: Value]) { self.context = context }

    mutating func text(of nodes: [Node]) throws(RenderError) -> String {
        output.reserve(nodes.reduce(0) { $0 + $1.likelyLength })
        do throws(Fault) {
            try render(nodes)
        } catch {
            throw RenderError(error, at: place)
        }
        return output.text
    }

    mutating func value(of expression: Expression) throws(RenderError) -> Value {
        do throws(Fault) {
            return try value(expression)
        } catch {
            throw RenderError(error, at: place)
        }
    }

    mutating func render(_ nodes: [Node]) throws(Fault) {
        for node in nodes {
            try charge(8)
            switch node {
            case .text(let text), .verbatim(let text): try output.append(text)
            case .output(let expression): try write(expression)
            case .assign(let name, let expression): assigned[name] = try value(expression)
            case .conditional(let branches, let otherwise): try render(branches, otherwise: otherwise)
            case .loop(let loop): try render(loop)
            }
        }
    }

    /// A range prints as it is written; only filters and loops make a list of it.
    private mutating func write(_ expression: Expression) throws(Fault) {
        if case .range(let first, let last, _) = expression.operand, expression.filters.isEmpty {
            place = expression.location
            let (lower, upper) = try ends(first, last)
            try output.append("\(lower)..\(upper)")
        } else {
            try value(expression).write(to: &output)
        }
    }

    mutating func value(_ expression: Expression) throws(Fault) -> Value {
        place = expression.location
        var value = try value(expression.operand)
        for call in expression.filters {
            place = call.location
            var arguments = Filter.Arguments()
            for operand in call.positional { arguments.positional.append(try self.value(operand)) }
            for (option, operand) in call.named { arguments.named[option] = try self.value(operand) }
            place = call.location
            try charge(value.weight + arguments.weight + 8)
            value = try call.filter.apply(value, arguments)
            try charge(value.weight)
        }
        return value
    }

    mutating func value(_ operand: Operand) throws(Fault) -> Value {
        switch operand {
        case .literal(let value): return value
        case .empty, .blank: return ""
        case .path(let path): return try value(path)
        case .range(let first, let last, let location):
            let (lower, upper) = try ends(first, last)
            place = location
            return try range(from: lower, through: upper)
        }
    }

    /// A value that the caller goes through from end to end.
    mutating func chargedValue(_ operand: Operand) throws(Fault) -> Value {
        let value = try value(operand)
        try charge(value.weight)
        return value
    }

    private mutating func ends(_ first: Operand, _ last: Operand) throws(Fault) -> (Int64, Int64) {
        (Number(try chargedValue(first)).wholePart, Number(try chargedValue(last)).wholePart)
    }

    private mutating func value(_ path: VariablePath) throws(Fault) -> Value {
        var value: Value
        switch path.root {
        case .name(let name):
            // Every running loop may have the name.
            try charge(name == "forloop" ? frames.count * 64 + 8 : frames.count + 8)
            value = variable(name)
        case .computed(let operand): value = variable(try chargedValue(operand).text())
        }
        for step in path.steps {
            try charge(8)
            switch step {
            case .member(let name):
                if name == "size" || name == "first" { try charge(value.searchWeight) }
                value = value.member(name)
            case .key(let key): value = value.key(key)
            case .index(let index): value = value.index(index)
            case .computed(let operand): value = value.element(try chargedValue(operand))
            }
        }
        return value
    }

    /// The innermost loop's name first, then what was assigned, then the context.
    private func variable(_ name: String) -> Value {
        for (depth, frame) in frames.enumerated().reversed() {
            if frame.variable == name { return frame.item }
            if name == "forloop" { return forloop(at: depth) }
        }
        return assigned[name] ?? context[name] ?? .null
    }

    private mutating func range(from lower: Int64, through upper: Int64) throws(Fault) -> Value {
        guard lower <= upper else { return [] }
        let (distance, overflow) = upper.subtractingReportingOverflow(lower)
        guard !overflow, distance < Int64(Limits.iterations) else {
            throw Fault(
                "the range (\(lower)..\(upper)) has more than \(Limits.iterations) numbers",
                remedy: "take a smaller range")
        }
        try charge(Int(distance) * 16)
        return .array((lower...upper).map(Value.integer))
    }

    mutating func countIteration() throws(Fault) {
        iterations += 1
        guard iterations <= Limits.iterations else {
            throw Fault(
                "the loops run more than \(Limits.iterations) times together",
                remedy: "loop over less, or use `limit`")
        }
    }

    mutating func charge(_ amount: Int) throws(Fault) {
        work += amount
        guard work <= Limits.work else {
            throw Fault(
                "the template does more work than a render may (\(Limits.work) bytes handled)",
                remedy: "loop over less, or filter once before the loop")
        }
    }
}
