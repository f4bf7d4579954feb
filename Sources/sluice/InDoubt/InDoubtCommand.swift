// `sluice in-doubt`: runs that may have reached their app, and must not be sent again unasked.

import ArgumentParser

struct InDoubtCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "in-doubt",
        abstract:
            "Lists runs that may have acted or not, and decides: the sender died, the app said 5xx or nothing, a look didn't tell.",
        discussion: """
            Runs get here of actions that must not be repeated unasked, such as a letter that is paid for (in_doubt: ask \
            in the catalogue), when their sender died while the request was on the wire, or when the app answered 5xx or \
            nothing; and of actions that are looked for first (check-then-resend), when the look at the app doesn't tell \
            whether it acted. All others are sent again by themselves, under the same id. Ask the app whether it acted; then \
            `send` repeats the request, and `skip` goes on as if it had been done.

              sluice in-doubt list
              sluice in-doubt skip 1b6f5c8e-2a57-8e1c-9c1d-3d1f0c4a9b2e
            """,
        subcommands: [ListInDoubtCommand.self, SendInDoubtCommand.self, SkipInDoubtCommand.self])
}
