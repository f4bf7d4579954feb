internal import Flow
internal import Liquid

extension FieldDefinition {
    /// A vendor's value as a payload holds it, nil where this field can't hold it.
    ///
    /// Vendors write numbers and booleans as text, ids as numbers, and URLs without their scheme.
    func fitted(_ value: JSON, types: SchemaTypes) -> JSON? {
        let fitted = type.read(value)
        // A literal nil beside a JSON value would be its null.
        return accepts(fitted, types: types) ? .some(fitted) : .none
    }
}

extension FieldType {
    fileprivate func read(_ value: JSON) -> JSON {
        switch (self, value) {
        case (.boolean, "true"): return true
        case (.boolean, "false"): return false
        case (.decimal, .string(let text)):
            // Text that is no JSON number may still be a decimal; the check says.
            switch try? JSONParser.parse(text) {
            case .integer(let number): return .integer(number)
            case .decimal(let number): return .decimal(number)
            default: return value
            }
        case (.singleLineText, .integer), (.singleLineText, .decimal), (.singleLineText, .bool):
            return .string(value.jsonText)
        case (.reference, .string(let text)): return Int64(text).map { .integer($0) } ?? value
        case (.url, .string(let text)): return text.hasPrefix("//") ? .string("https:\(text)") : value
        default: return value
        }
    }
}
