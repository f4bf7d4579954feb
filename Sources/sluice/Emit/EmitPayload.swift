// The payload of test events.

import ArgumentParser

/// `--data`, `--set`, `--no-validate`.
struct EmitPayload: ParsableArguments {
    @Option(help: ArgumentHelp("Take the payload from a JSON file; - for standard input.", valueName: "file"))
    var data: String?

    @Option(
        help: ArgumentHelp(
            "Put a value into the payload, read by the field's type; a.b goes into an object. May be repeated.",
            valueName: "key=value"))
    var set: [String] = []

    @Flag(help: "Send a payload that does not fit its trigger.")
    var noValidate = false

    var isSample: Bool { data == nil && set.isEmpty }

    func apply(to maker: inout EventMaker) throws(CommandError) {
        maker.validates = !noValidate
        if let data { maker.data = try PayloadFile.read(data) }
        var changes: [PayloadChange] = []
        for option in set { changes.append(try PayloadChange(option)) }
        maker.changes = changes
    }
}
