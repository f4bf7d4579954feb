// Reads values that stand on a command line.

import Flow
import Liquid

extension FieldType {
    /// The value that a text means for a field of this type; nil for none. Whether an address or a URL is one is for
    /// the payload's validation.
    func value(of text: String) -> JSON? {
        switch self {
        case .email, .singleLineText, .multiLineText, .url: return .string(text)
        case .schema: return PayloadChange.loose(text)
        case .reference: return text == "null" ? .null : Int64(text).map { .integer($0) } ?? .string(text)
        case .boolean, .integer, .decimal:
            guard let value = try? JSONParser.parse(text) else { return nil }  // no JSON: none of these
            switch (self, value) {
            case (_, .null), (.boolean, .bool), (.integer, .integer), (.decimal, .integer),
                (.decimal, .decimal):
                return value
            default: return nil
            }
        }
    }

    /// What to write, in words.
    var example: String {
        switch self {
        case .boolean: "true or false"
        case .integer: "a whole number, such as 150"
        case .decimal: "a number, such as 4.5"
        default: "a text"
        }
    }
}
