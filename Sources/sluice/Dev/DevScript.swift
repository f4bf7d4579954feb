import Flow
import MockVendor

/// What the mock vendor of `sluice dev` answers: every action that ships fails at first, as its vendor does. Those of users'
/// own connectors succeed: nobody knows here how their apps fail, and which of them must not be sent twice.
///
/// A `429` names the shortest wait that Flow's protocol knows (5 s), where the vendor's documentation would name a longer one.
/// Actions that must not be sent twice unasked fail in ways that leave no doubt. No app fails so often in a row that its
/// circuit opens: Slack has most of the actions, and a part of them fails.
enum DevScript {
    static func make(_ builtIn: Catalogue) throws -> VendorScript {
        var script = try VendorScript.parse(text, file: "dev")
        // What the rules say nothing of is broken for a moment.
        script.rules += builtIn.connectors.filter { !$0.actions.isEmpty }.map {
            ScriptRule(action: .connector($0.id), answers: [.status(503), .ok])
        }
        return script
    }

    private static let text = """
        default: [ok]
        rules:
          # 200, and yet a failure.
          - { action: slack/send-message, share: 0.4, answers: [{ vendor: service_unavailable }, ok] }
          - { action: slack/send-message, answers: [ok] }
          # Done, and nobody heard of it: a look finds it, so that nothing is done twice.
          - { action: trello/create-card, answers: [lost, ok] }
          - { action: google-sheets/add-row, answers: [lost, ok] }
          - { action: loyaltylion/add-points, answers: [lost, ok] }
          # Not done, and nobody heard of it either.
          - { action: asana/create-task, answers: [close, ok] }
          - { action: "stamped-loyalty/call:adjust points", answers: [{ vendor: broken }, ok] }
          # The waits that vendors ask for, each in its own way.
          - { action: "klaviyo/call:create campaign", answers: [{ status: 429, retry_after: 5 }, ok] }
          - { action: "dotdigital/call:enrol", answers: [{ vendor: tier_exceeded_until_now }, ok] }
          - { action: cleverpush/send-notification, answers: [{ status: 429, retry_after_date: 5 }, ok] }
          - { action: klevu/promote-or-demote-product, answers: [{ vendor: busy }, ok] }
          - { action: scribeless/add-recipient, answers: [{ vendor: busy }, ok] }
          - { action: "dotdigital/call:send triggered campaign", answers: [{ status: 429, retry_after: 5 }, ok] }
          # Broken for a moment.
          - { action: "dotdigital/call:update contact", answers: [{ vendor: server_error }, ok] }
          - { action: klaviyo/track-event, answers: [{ vendor: unavailable }, ok] }
          - { action: omnisend/track-event, answers: [{ vendor: proxy_timeout }, ok] }
          - { action: omnisend/create-or-update-customer, answers: [{ vendor: server_error }, ok] }
          - { action: nosto/add-customer-to-segment, answers: [{ vendor: broken }, ok] }
          - { action: "littledata/call:collect", answers: [{ vendor: broken }, ok] }
          # Apps that speak Flow's protocol.
          - { action: loyaltylion/change-tier, answers: [close, ok] }
          - { action: plobal/*, answers: [202, ok] }
          - { action: pushowl/*, answers: [html, ok] }
          - { action: langshop/*, answers: [500, 202, ok] }
          - { action: wotio/*, answers: [close, ok] }
          # Looks for what was done, and the other calls of what takes several.
          - { action: asana/*, answers: [ok] }
          - { action: dotdigital/*, answers: [ok] }
          - { action: google-sheets/*, answers: [ok] }
          - { action: klaviyo/*, answers: [ok] }
          - { action: littledata/*, answers: [ok] }
          - { action: loyaltylion/*, answers: [ok] }
          - { action: stamped-loyalty/*, answers: [ok] }
          - { action: trello/*, answers: [ok] }
        """
}
