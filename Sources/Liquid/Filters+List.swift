/// Filters over lists. A value that is no list counts as a list of one, null as an empty one; lists inside
/// lists are laid flat, as Liquid does.
extension Filter {
    static let lists: [Filter] = [
        Filter("default", 0...1, options: ["allow_false"]) { value, arguments throws(Fault) in
            let allowsFalse = arguments.named["allow_false"]?.isTruthy ?? false
            let isMissing = allowsFalse ? value == .null : !value.isTruthy
            return isMissing || value.isEmpty ? (arguments.positional.first ?? "") : value
        },
        Filter("size", 0...0) { value, _ throws(Fault) in value.size ?? 0 },
        Filter("first", 0...0) { value, _ throws(Fault) in value.first },
        Filter("last", 0...0) { value, _ throws(Fault) in value.last },
        Filter("split", 1...1) { value, arguments throws(Fault) in
            .array(try split(value.text(), at: arguments.text(0)))
        },
        Filter("join", 0...1) { value, arguments throws(Fault) in
            .string(try joined(elements(of: value), with: arguments.text(0, default: " ")))
        },
        Filter("slice", 1...2) { value, arguments throws(Fault) in try sliced(value, arguments) },
        Filter("reverse", 0...0) { value, _ throws(Fault) in .array(try elements(of: value).reversed()) },
        Filter("concat", 1...1) { value, arguments throws(Fault) in
            guard case .array(let added) = arguments[0] else {
                throw Fault("`concat` of \(arguments[0].named)", remedy: "give it a list")
            }
            return .array(try bounded(elements(of: value) + added))
        },
        Filter("compact", 0...1) { value, arguments throws(Fault) in
            let keys = try keyed(value, by: arguments)
            return .array(keys.filter { $0.key != .null }.map(\.element))
        },
        Filter("uniq", 0...1) { value, arguments throws(Fault) in
            var seen: Set<Value> = []
            let keys = try keyed(value, by: arguments)
            return .array(keys.filter { seen.insert($0.key).inserted }.map(\.element))
        },
        Filter("map", 1...1) { value, arguments throws(Fault) in
            .array(try keyed(value, by: arguments).map(\.key))
        },
        Filter("where", 1...2) { value, arguments throws(Fault) in
            if arguments[0] == .null { return [] }
            let wanted = arguments[1]
            let keys = try keyed(value, by: arguments)
            return .array(
                keys.filter { wanted == .null ? $0.key.isTruthy : $0.key.equals(wanted) }.map(\.element))
        },
        Filter("sort", 0...1) { value, arguments throws(Fault) in .array(try sorted(value, arguments)) },
    ]

    private static func bounded(_ elements: [Value]) throws(Fault) -> [Value] {
        guard elements.count <= Limits.elements else { throw .listTooLong }
        return elements
    }

    private static func elements(of value: Value) throws(Fault) -> [Value] {
        switch value {
        case .null: return []
        case .array(let elements):
            let isFlat = elements.allSatisfy { if case .array = $0 { false } else { true } }
            if isFlat { return try bounded(elements) }
            var result: [Value] = []
            try flatten(elements, into: &result, depth: 0)
            return result
        case .bool, .integer, .decimal, .string, .object: return [value]
        }
    }

    private static func flatten(_ elements: [Value], into result: inout [Value], depth: Int) throws(Fault) {
        guard depth <= Limits.depth else {
            throw Fault("lists are nested deeper than \(Limits.depth) levels", remedy: "nest them less")
        }
        for element in elements {
            if case .array(let inner) = element {
                try flatten(inner, into: &result, depth: depth + 1)
            } else {
                result.append(element)
            }
        }
        result = try bounded(result)
    }

    /// The elements, each with its property of the name that is the first argument, or with itself.
    private static func keyed(
        _ value: Value, by arguments: Arguments
    ) throws(Fault) -> [(key: Value, element: Value)] {
        let elements = try elements(of: value)
        guard arguments[0] != .null else { return elements.map { ($0, $0) } }
        let property = try arguments.text(0)
        var result: [(key: Value, element: Value)] = []
        for element in elements {
            guard case .object = element else {
                throw Fault(
                    "\(element.named) in the list has no property `\(property.prefix(40))`",
                    remedy: "use it on a list of objects")
            }
            result.append((element.member(property), element))
        }
        return result
    }

    /// By number or by text, null last; equal ones keep their order.
    private static func sorted(_ value: Value, _ arguments: Arguments) throws(Fault) -> [Value] {
        let keys = try keyed(value, by: arguments)
        let present = keys.filter { $0.key != .null }
        let rest = keys.filter { $0.key == .null }.map(\.element)
        if present.count > 1 {
            let isNumeric = present.allSatisfy(\.key.isNumber)
            let isTextual = present.allSatisfy { if case .string = $0.key { true } else { false } }
            guard isNumeric || isTextual else {
                throw Fault(
                    "`sort` can't compare what is in the list", remedy: "sort only numbers or only strings")
            }
        }
        // Two numbers or two strings always compare: the error and the nil can't happen here.
        return present.sorted { (try? $0.key.precedes($1.key)) ?? false }.map(\.element) + rest
    }

    /// A space parts at any white space, nothing parts every letter; empty pieces at the end are dropped.
    private static func split(_ text: String, at separator: String) throws(Fault) -> [Value] {
        let bytes = Array(text.utf8)
        if separator == " " {
            return try bounded(bytes.split(whereSeparator: \.isWhitespace).map { .string(Bytes.text($0)) })
        }
        if separator.isEmpty {
            guard text.unicodeScalars.count <= Limits.elements else { throw .listTooLong }
            return text.unicodeScalars.map { .string(String($0)) }
        }
        let part = BytePattern(separator)
        var pieces: [Value] = []
        var index = 0
        while let found = part.firstRange(in: bytes, from: index), pieces.count <= Limits.elements {
            pieces.append(.string(Bytes.text(bytes[index..<found.lowerBound])))
            index = found.upperBound
        }
        pieces.append(.string(Bytes.text(bytes[index...])))
        while pieces.last?.isEmpty == true { pieces.removeLast() }
        return try bounded(pieces)
    }

    private static func joined(_ elements: [Value], with separator: String) throws(Fault) -> String {
        var text = BoundedText()
        for (index, element) in elements.enumerated() {
            if index > 0 { try text.append(separator) }
            try element.write(to: &text)
        }
        return text.text
    }

    /// Of a list or a text, from a place (negative: from the end) as many as asked, else one.
    private static func sliced(_ value: Value, _ arguments: Arguments) throws(Fault) -> Value {
        let start = try arguments.wholeNumber(0, default: 0)
        let length = arguments[1] == .null ? 1 : try arguments.wholeNumber(1, default: 1)
        if case .array(let elements) = value {
            return .array(part(of: elements, from: start, length).map(Array.init) ?? [])
        }
        let scalars = Array(try value.text().unicodeScalars)
        var text = String.UnicodeScalarView()
        text.append(contentsOf: part(of: scalars, from: start, length) ?? [])
        return .string(String(text))
    }

    private static func part<Element>(
        of list: [Element], from start: Int, _ length: Int
    ) -> ArraySlice<Element>? {
        let first = start < 0 ? list.count + start : start
        guard first >= 0, first <= list.count, length >= 0 else { return nil }
        return list[first...].prefix(length)
    }
}

extension Value {
    fileprivate var isNumber: Bool {
        switch self {
        case .integer, .decimal: true
        case .null, .bool, .string, .array, .object: false
        }
    }
}
