// `--script`.

import Flow
import Foundation
import MockVendor

/// A script's file, as it was when it was read.
struct ScriptFile: Sendable {
    let path: String
    private let text: String
    let script: VendorScript

    /// - Throws: wrong use, for a file that can't be read; `Diagnostics` for what is wrong in it, actions that Sluice's own
    ///   connectors don't have included.
    init(_ path: String) throws {
        self.path = path
        guard let data = FileManager.default.contents(atPath: path),
            let text = String(validating: data, as: UTF8.self)
        else {
            throw CommandError.wrongUse(
                "the script can't be read", at: path, do: "name a readable file of UTF-8 text")
        }
        self.text = text
        script = try VendorScript.parse(text, file: path)
        let faults = try ScriptNames.builtIn?.remarks(on: text, file: path).filter(\.isFault) ?? []
        guard faults.isEmpty else { throw Diagnostics(faults.map(\.diagnostic)) }
    }

    /// Warns of rules whose connector or action is not among those that are known.
    func warn(_ names: ScriptNames?) throws {
        for remark in try names?.remarks(on: text, file: path) ?? [] {
            Terminal.complain("warning: \(TextWidth.printable("\(remark.diagnostic)"))")
        }
    }
}
