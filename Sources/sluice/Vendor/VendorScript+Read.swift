// `--script`.

import Flow
import Foundation
import MockVendor

extension VendorScript {
    /// - Throws: wrong use, for a file that can't be read; `Diagnostics` for what is wrong in it.
    static func read(_ path: String) throws -> VendorScript {
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(validating: data, as: UTF8.self)
        else {
            throw CommandError.wrongUse(
                "the script can't be read", at: path, do: "name a readable file of UTF-8 text")
        }
        return try parse(text, file: path)
    }
}
