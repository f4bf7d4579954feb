// The value of a dead record, in the best form that it has.

import Flow
import Foundation
import Liquid

/// What the bytes of a record are. A dead record's may be anything.
enum DeadValue: Hashable, Sendable {
    case none
    case json(JSON)
    case text(String)
    /// Base64.
    case bytes(String)

    init(_ bytes: [UInt8]?) {
        guard let bytes else {
            self = .none
            return
        }
        if let value = try? JSONParser.parse(bytes) {  // no JSON is one of the cases
            self = .json(value)
        } else if let text = String(validating: bytes, as: UTF8.self) {
            self = .text(text)
        } else {
            self = .bytes(Data(bytes).base64EncodedString())
        }
    }

    var text: String {
        switch self {
        case .none: "none"
        case .json(let value): value.prettyText
        case .text(let text):
            text.split(separator: "\n", omittingEmptySubsequences: false).map {
                TextWidth.printable(String($0))
            }.joined(separator: "\n")
        case .bytes(let base64): "no text; in base64: \(base64)"
        }
    }
}
