internal import Flow
internal import Liquid

extension JSON {
    /// An id, which vendors write as a number or as text.
    var idText: String? {
        switch self {
        case .integer(let number): String(number)
        case .string(let text) where !text.isEmpty: text
        default: nil
        }
    }
}
