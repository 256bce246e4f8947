namespace Soc.Devices.Virtio;

/// <summary>Why <see cref="VirtioMmio.Run"/> came back.</summary>
public enum VirtioExit : byte
{
    /// <summary>The cycle limit is reached.</summary>
    Budget,

    /// <summary>Somebody called <see cref="VirtioMmio.RequestExit"/>; the device stands between two requests.</summary>
    ExitRequested,

    /// <summary>No queue has work; a register write, or input from outside, wakes the device.</summary>
    Idle,

    /// <summary>
    /// The address of an access must be asked for first: answer the question of the <see cref="Dma.IDmaTranslator"/>, then call
    /// <see cref="VirtioMmio.CompleteTranslation"/>.
    /// </summary>
    PendingTranslation,
}
