namespace Soc.Devices.Dma;

/// <summary>Why <see cref="DmaEngine.Run"/> came back.</summary>
public enum DmaExit : byte
{
    /// <summary>The cycle limit is reached.</summary>
    Budget,

    /// <summary>Somebody called <see cref="DmaEngine.RequestExit"/>; the engine stands between two beats.</summary>
    ExitRequested,

    /// <summary>No channel has work; a register write wakes the engine.</summary>
    Idle,

    /// <summary>
    /// A beat reached registers of another actor: send <see cref="DmaEngine.Pending"/> and answer with
    /// <see cref="DmaEngine.CompleteTransaction"/>.
    /// </summary>
    PendingTransaction,

    /// <summary>
    /// The address of an access must be asked for first: answer the question of the <see cref="IDmaTranslator"/>, then call
    /// <see cref="DmaEngine.CompleteTranslation"/>.
    /// </summary>
    PendingTranslation,
}
