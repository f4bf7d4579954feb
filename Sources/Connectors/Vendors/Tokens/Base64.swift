import Foundation

/// Base64 of bytes; Foundation's, in one place.
enum Base64 {
    static func text(_ bytes: some Sequence<UInt8>) -> String { Data(bytes).base64EncodedString() }

    /// RFC 4648, section 5, without padding.
    static func urlText(_ bytes: some Sequence<UInt8>) -> String {
        text(bytes).replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
