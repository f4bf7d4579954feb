/// How values are printed, as Ruby's Liquid prints them: nothing for null, lists without separators,
/// objects as Ruby shows a hash (`{"a"=>1}`). Objects print in the order of their keys, so that a render
/// is the same every time.
extension Value {
    /// The value as a template prints it.
    func text() throws(Fault) -> String {
        if case .string(let string) = self { return string }
        var output = BoundedText()
        try write(to: &output)
        return output.text
    }

    func write(to output: inout BoundedText, depth: Int = 0) throws(Fault) {
        switch self {
        case .null: return
        case .bool(let bool): try output.append(bool ? "true" : "false")
        case .integer(let integer): try output.append(String(integer))
        case .decimal(let decimal): try output.append(Value.printed(decimal))
        case .string(let string): try output.append(string)
        case .array(let elements):
            try Value.check(depth)
            for element in elements { try element.write(to: &output, depth: depth + 1) }
        case .object: try inspect(to: &output, depth: depth)
        }
    }

    /// The value as it stands inside a printed object: strings in quotes, null as `nil`, lists in brackets.
    private func inspect(to output: inout BoundedText, depth: Int) throws(Fault) {
        try Value.check(depth)
        switch self {
        case .null: try output.append("nil")
        case .string(let string): try output.append(Value.quoted(string))
        case .array(let elements):
            try output.append("[")
            for (index, element) in elements.enumerated() {
                if index > 0 { try output.append(", ") }
                try element.inspect(to: &output, depth: depth + 1)
            }
            try output.append("]")
        case .object(let members):
            try output.append("{")
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { try output.append(", ") }
                try output.append(Value.quoted(member.key) + "=>")
                try member.value.inspect(to: &output, depth: depth + 1)
            }
            try output.append("}")
        case .bool, .integer, .decimal: try write(to: &output, depth: depth)
        }
    }

    private static func check(_ depth: Int) throws(Fault) {
        guard depth <= Limits.depth else {
            throw Fault(
                "a value is nested deeper than \(Limits.depth) levels",
                remedy: "print a part of it by its path")
        }
    }

    private static func quoted(_ string: String) -> String {
        var result = "\""
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            case "\r": result += "\\r"
            case "\t": result += "\\t"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result + "\""
    }

    /// The shortest digits that read back as the same number: `12.5`, `3.0`, and from 10^16 on and below
    /// 0.0001 with an exponent, `1.0e+20`.
    static func printed(_ decimal: Double) -> String {
        guard decimal.isFinite else { return decimal.isNaN ? "NaN" : decimal < 0 ? "-Infinity" : "Infinity" }
        let shortest = decimal.description
        if let exponent = shortest.firstIndex(of: "e") {
            let digits = shortest[..<exponent]
            return "\(digits)\(digits.contains(".") ? "" : ".0")\(shortest[exponent...])"
        }
        guard abs(decimal) >= 1e16 else { return shortest }
        return exponential(shortest)
    }

    /// Swift writes 10^16 to 2^54 in full where Ruby has an exponent already: `10000000000000000.0`.
    private static func exponential(_ plain: String) -> String {
        let sign = plain.hasPrefix("-") ? "-" : ""
        let whole = plain.dropFirst(sign.count).prefix { $0 != "." }
        let exponent = whole.count - 1
        var fraction = String(whole.dropFirst())
        while fraction.count > 1, fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(sign)\(whole.prefix(1)).\(fraction)e+\(exponent)"
    }
}
