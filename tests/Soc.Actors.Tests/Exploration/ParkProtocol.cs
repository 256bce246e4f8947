namespace Soc.Actors.Tests.Exploration;

/// <summary>How an initiator goes to sleep and is woken.</summary>
internal enum ParkProtocol
{
    /// <summary>As built (Soc.Actors.Agents.Inbox): a nudge is remembered until the next slice begins, and then keeps the owner awake.</summary>
    Remembering,

    /// <summary>Parking looks for messages once more, but a nudge that brings none (a timer) is forgotten.</summary>
    OnlyMessages,

    /// <summary>Parking does not look again.</summary>
    WithoutSecondLook,
}
