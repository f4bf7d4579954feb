/// What the mock vendor of `sluice dev` answers: a good part of the actions fail at first, each as a real app does.
///
/// `429` names the shortest wait that Flow's protocol knows (5 s). Its store's other actions there wait as long, so only a
/// few get one; and no app fails so often in a row that its circuit opens.
enum DevScript {
    static let text = """
        default: [ok]
        rules:
          - { action: slack/send-message, share: 0.1, answers: [{ status: 429, retry_after: 5 }, ok] }
          - { action: trello/create-card, answers: [{ status: 429, retry_after_date: 5 }, ok] }
          - { action: google-sheets/add-row, share: 0.3, answers: [503, 503, ok] }
          - { action: klaviyo/*, answers: [html, ok] }
          - { action: omnisend/*, answers: [202, ok] }
          - { action: dotdigital/*, answers: [500, 202, ok] }
          - { action: loyaltylion/*, answers: [close, ok] }
          - { action: stamped-loyalty/*, answers: [502, ok] }
          - { action: "*", share: 0.3, answers: [503, ok] }
        """
}
